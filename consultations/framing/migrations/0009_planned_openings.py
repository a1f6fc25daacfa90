from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("framing", "0008_margins"),
    ]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="opening_planned_at",
            field=models.DateTimeField(help_text="When it is to open by itself.", null=True),
        ),
        migrations.AddField(
            model_name="consultation",
            name="opening_missed_at",
            field=models.DateTimeField(help_text="When it was to open by itself, and did not.", null=True),
        ),
        migrations.AddField(
            model_name="consultation",
            name="opening_missed_why",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(("opening_planned_at", None), ("opened_at", None), _connector="OR"),
                name="consultation_planned_is_not_open",
            ),
        ),
    ]
