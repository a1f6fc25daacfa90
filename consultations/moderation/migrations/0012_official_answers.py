from django.db import migrations, models

KINDS = [
    ("PROPOSAL", "Proposal"),
    ("ARGUMENT", "Argument"),
    ("REPLY", "Reply"),
    ("ANSWER", "What authors answered"),
    ("OFFICIAL", "Answer of the authority"),
    ("PICTURE", "Picture"),
    ("NAME", "Public name"),
    ("VERSION", "New version"),
    ("ACCOUNT", "Account"),
]


class Migration(migrations.Migration):
    dependencies = [("moderation", "0011_flag_reason")]

    operations = [
        migrations.AlterField(
            model_name=model, name="kind", field=models.CharField(choices=KINDS, max_length=10)
        )
        for model in ("case", "decision")
    ]
