from django.db import migrations, models


class Migration(migrations.Migration):
    """The role of a service of the authority: known to Django alone, no column changes."""

    dependencies = [("accounts", "0013_neighbourhood")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("PARTICIPANT", "Participant"),
                    ("OBSERVER", "Observer"),
                    ("MODERATOR", "Moderator"),
                    ("FACILITATOR", "Facilitator"),
                    ("DECISION_MAKER", "Decision-maker"),
                    ("SERVICE", "Service of the authority"),
                    ("ADMINISTRATOR", "Administrator"),
                    ("OPERATOR", "Operator"),
                    ("DELEGATE", "Service team, by delegation"),
                ],
                default="PARTICIPANT",
                max_length=20,
            ),
        )
    ]
