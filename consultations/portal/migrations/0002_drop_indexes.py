import django.db.models.deletion
from django.db import migrations, models


# Never useful: nobody searches these words by their beginning, or another index begins with the same column.
NAMES = ("portal_workitem_consultation_id_b69e4aab",)


class Migration(migrations.Migration):
    dependencies = [
        ("framing", "0013_drop_indexes"),
        ("portal", "0001_initial"),
    ]

    operations = [
        # Not Django's AlterField, which would make each foreign key anew and look through all rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="workitem",
                    name="consultation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="framing.consultation",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL([f'DROP INDEX IF EXISTS "{name}"' for name in NAMES], migrations.RunSQL.noop),
            ],
        ),
    ]
