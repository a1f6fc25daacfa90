import django.db.models.deletion
from django.db import migrations, models


# Never useful: nobody searches these words by their beginning, or another index begins with the same column.
NAMES = (
    "framing_challenge_import_ref_db1c6870_like",
    "framing_challenge_slug_ee5444ae_like",
    "framing_consultation_import_ref_3dfd398c_like",
    "framing_consultation_slug_75b17a1f_like",
    "framing_document_consultation_id_fa6a7cb8",
    "framing_documentpart_version_id_889ee642",
    "framing_documentversion_document_id_448f62df",
    "framing_phase_consultation_id_494b5ac4",
    "framing_previewlink_token_hash_869507d4_like",
)


class Migration(migrations.Migration):
    dependencies = [
        ("framing", "0012_discussed"),
    ]

    operations = [
        # Not Django's AlterField, which would make each foreign key anew and look through all rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="document",
                    name="consultation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="framing.consultation",
                    ),
                ),
                migrations.AlterField(
                    model_name="documentpart",
                    name="version",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="framing.documentversion",
                    ),
                ),
                migrations.AlterField(
                    model_name="documentversion",
                    name="document",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="framing.document",
                    ),
                ),
                migrations.AlterField(
                    model_name="phase",
                    name="consultation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="framing.consultation",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL([f'DROP INDEX IF EXISTS "{name}"' for name in NAMES], migrations.RunSQL.noop),
            ],
        ),
    ]
