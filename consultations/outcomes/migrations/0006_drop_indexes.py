import django.db.models.deletion
from django.db import migrations, models


# Never useful: nobody searches these words by their beginning, or another index begins with the same column.
NAMES = (
    "outcomes_answerversion_answer_id_ad5fb53d",
    "outcomes_project_slug_1ec57a66_like",
    "outcomes_projectfollow_project_id_4f6f377d",
    "outcomes_projectsource_project_id_810c3171",
)


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0005_opinion_version_and_earlier_days"),
    ]

    operations = [
        # Not Django's AlterField, which would make each foreign key anew and look through all rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="answerversion",
                    name="answer",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="outcomes.answer",
                    ),
                ),
                migrations.AlterField(
                    model_name="projectfollow",
                    name="project",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="outcomes.project",
                    ),
                ),
                migrations.AlterField(
                    model_name="projectsource",
                    name="project",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="outcomes.project",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL([f'DROP INDEX IF EXISTS "{name}"' for name in NAMES], migrations.RunSQL.noop),
            ],
        ),
    ]
