from django.db import migrations, models

# What was there at that moment, as far as it is known.
FILL = """
UPDATE outcomes_answer a SET proposal_version = COALESCE(
    (SELECT MAX(w.number) FROM participation_proposalversion w
     WHERE w.proposal_id = a.proposal_id AND w.created_at <= a.given_at), p.version)
FROM participation_proposal p WHERE p.id = a.proposal_id AND a.given_at IS NOT NULL;
UPDATE outcomes_answerversion v SET proposal_version = COALESCE(
    (SELECT MAX(w.number) FROM participation_proposalversion w
     WHERE w.proposal_id = a.proposal_id AND w.created_at <= v.signed_at), p.version)
FROM outcomes_answer a JOIN participation_proposal p ON p.id = a.proposal_id WHERE a.id = v.answer_id;
UPDATE outcomes_answerversion v SET proposal_title = COALESCE(
    (SELECT w.title FROM participation_proposalversion w
     WHERE w.proposal_id = a.proposal_id AND w.number = v.proposal_version), p.title)
FROM outcomes_answer a JOIN participation_proposal p ON p.id = a.proposal_id WHERE a.id = v.answer_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0002_takeaways"),
        ("participation", "0016_sheets"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="proposal_version",
            field=models.PositiveIntegerField(
                help_text="Of the proposal: the one that was there when the answer was given to be signed.", null=True
            ),
        ),
        migrations.AddField(
            model_name="answerversion",
            name="proposal_version",
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="answerversion",
            name="proposal_title",
            field=models.CharField(default="", max_length=300),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
