from django.db import migrations, models

# The one that everybody read when it was given.
FILL = """
UPDATE outcomes_opinion o SET proposal_version = coalesce(
  (SELECT max(v.number) FROM outcomes_answer a JOIN participation_proposalversion v ON v.proposal_id = a.proposal_id
   WHERE a.id = o.answer_id AND v.created_at <= o.given_at), 1)
WHERE o.given_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0004_answered_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="opinion",
            name="proposal_version",
            field=models.PositiveIntegerField(help_text="Of the proposal: the one they gave it on.", null=True),
        ),
        migrations.AddField(
            model_name="answer",
            name="late_earlier",
            field=models.JSONField(db_default=[], default=list, help_text="Days announced before, oldest first."),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
