import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participation", "0008_draft_texts")]

    operations = [
        migrations.RenameModel("ProposalSight", "ProposalViews"),
        migrations.AlterField(
            "proposalviews",
            "proposal",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="views",
                serialize=False,
                to="participation.proposal",
            ),
        ),
    ]
