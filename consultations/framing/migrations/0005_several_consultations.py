from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("framing", "0004_published_challenges"),
    ]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="archived_at",
            field=models.DateTimeField(help_text="Since when it can only be read.", null=True),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("archived_at", None),
                    models.Q(("is_current", False), ("opened_at__isnull", False)),
                    _connector="OR",
                ),
                name="consultation_archived_was_open",
            ),
        ),
    ]
