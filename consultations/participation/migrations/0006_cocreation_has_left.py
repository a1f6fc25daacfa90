from django.db import migrations


class Migration(migrations.Migration):
    """The state only: the tables are cocreation's."""

    dependencies = [
        ("cocreation", "0001_initial"),
        ("participation", "0005_cocreation_tables"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("CollectiveSource"),
                migrations.DeleteModel("CollectiveProposal"),
                migrations.DeleteModel("CoAuthorInvitation"),
                migrations.DeleteModel("ReworkDraft"),
            ]
        ),
    ]
