from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("framing", "0005_several_consultations"),
    ]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="revision",
            field=models.PositiveIntegerField(
                db_default=1, default=1, help_text="Counts changes, so that two editors see each other."
            ),
        ),
        migrations.AddField(
            model_name="phase",
            name="moved_at",
            field=models.DateTimeField(help_text="When what had been announced was changed.", null=True),
        ),
        migrations.AddField(
            model_name="phase",
            name="former_opens_at",
            field=models.DateTimeField(help_text="As it had been announced, where it was changed.", null=True),
        ),
        migrations.AddField(
            model_name="phase",
            name="former_closes_at",
            field=models.DateTimeField(help_text="As it had been announced, where it was changed.", null=True),
        ),
    ]
