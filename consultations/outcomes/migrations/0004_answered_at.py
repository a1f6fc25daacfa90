from django.db import migrations, models

FILL = """
UPDATE outcomes_answer a SET answered_at = v.signed_at
FROM outcomes_answerversion v WHERE v.answer_id = a.id AND v.number = 1;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0003_answered_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="answered_at",
            field=models.DateTimeField(
                help_text="When the first one was published: kept or late is judged by it.", null=True
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
