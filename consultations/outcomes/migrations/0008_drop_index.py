from django.db import migrations

# Nobody searches references by their beginning. Django makes it at the end of the migration before.
NAME = "outcomes_project_import_ref_00afc9ae_like"


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0007_project_import_ref"),
    ]

    operations = [
        migrations.RunSQL([f'DROP INDEX IF EXISTS "{NAME}"'], migrations.RunSQL.noop),
    ]
