import django.db.models.deletion
from django.db import migrations, models


# Never useful: nobody searches these words by their beginning, or another index begins with the same column.
NAMES = (
    "cocreation_heldversion_import_ref_420619e2_like",
    "cocreation_mergesource_collective_id_5fcc3058",
    "cocreation_reworkdraft_proposal_id_d421cc46",
)


class Migration(migrations.Migration):
    dependencies = [
        ("cocreation", "0002_held_versions"),
        ("participation", "0017_drop_indexes"),
    ]

    operations = [
        # Not Django's AlterField, which would make each foreign key anew and look through all rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="mergesource",
                    name="collective",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="cocreation.mergerequest",
                    ),
                ),
                migrations.AlterField(
                    model_name="reworkdraft",
                    name="proposal",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rework_drafts",
                        to="participation.proposal",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL([f'DROP INDEX IF EXISTS "{name}"' for name in NAMES], migrations.RunSQL.noop),
            ],
        ),
    ]
