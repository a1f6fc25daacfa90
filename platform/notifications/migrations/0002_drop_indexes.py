import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Never useful: nobody searches these words by their beginning, or another index begins with the same column.
NAMES = ("notifications_notice_user_id_552cc228",)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Not Django's AlterField, which would make each foreign key anew and look through all rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="notice",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL([f'DROP INDEX IF EXISTS "{name}"' for name in NAMES], migrations.RunSQL.noop),
            ],
        ),
    ]
