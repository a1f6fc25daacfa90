import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Never useful: nobody searches these words by their beginning, or another index begins with the same column.
NAMES = (
    "moderation_cityword_words_afef1591_like",
    "moderation_decision_author_id_23133b6f",
    "moderation_keptsuspension_mailbox_hash_03efc01b_like",
)


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0012_official_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Not Django's AlterField, which would make each foreign key anew and look through all rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="decision",
                    name="author",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL([f'DROP INDEX IF EXISTS "{name}"' for name in NAMES], migrations.RunSQL.noop),
            ],
        ),
    ]
