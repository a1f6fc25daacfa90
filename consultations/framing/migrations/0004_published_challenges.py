from django.db import migrations, models


class Migration(migrations.Migration):
    """What was open until now stays public, validated or not: people may have written there."""

    dependencies = [
        ("framing", "0003_when_moderated"),
    ]

    operations = [
        migrations.AddField(
            model_name="challenge",
            name="published_at",
            field=models.DateTimeField(
                help_text="When residents could first read it: validated, in an open consultation. It stays so.",
                null=True,
            ),
        ),
        migrations.RunSQL(
            """
            UPDATE framing_challenge SET published_at = c.opened_at
            FROM framing_consultation c WHERE c.id = consultation_id AND c.opened_at IS NOT NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
