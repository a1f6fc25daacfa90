from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0006_drop_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="import_ref",
            field=models.CharField(max_length=200, null=True, unique=True),
        ),
    ]
