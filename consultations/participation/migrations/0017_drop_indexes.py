import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Never useful: nobody searches these words by their beginning, or another index begins with the same column.
NAMES = (
    "participation_argument_import_ref_163e1ef1_like",
    "participation_argument_proposal_id_56829a65",
    "participation_authorship_proposal_id_2ee70386",
    "participation_follow_user_id_9db33eaf",
    "participation_proposal_challenge_id_a68abdc6",
    "participation_proposal_import_ref_67b0370e_like",
    "participation_proposalversion_proposal_id_9bacd15e",
    "participation_reaction_proposal_id_2043f667",
    "participation_reply_argument_id_3fe90010",
    "participation_reply_import_ref_17f65070_like",
    "participation_sheetpiece_sheet_id_82618689",
    "participation_source_import_ref_5a4a9d24_like",
    "participation_usefulmark_argument_id_d0e33519",
)


class Migration(migrations.Migration):
    dependencies = [
        ("framing", "0013_drop_indexes"),
        ("participation", "0016_sheets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Not Django's AlterField, which would make each foreign key anew and look through all rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="argument",
                    name="proposal",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arguments",
                        to="participation.proposal",
                    ),
                ),
                migrations.AlterField(
                    model_name="authorship",
                    name="proposal",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authorships",
                        to="participation.proposal",
                    ),
                ),
                migrations.AlterField(
                    model_name="follow",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="proposal",
                    name="challenge",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="framing.challenge",
                    ),
                ),
                migrations.AlterField(
                    model_name="proposalversion",
                    name="proposal",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="participation.proposal",
                    ),
                ),
                migrations.AlterField(
                    model_name="reaction",
                    name="proposal",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="participation.proposal",
                    ),
                ),
                migrations.AlterField(
                    model_name="reply",
                    name="argument",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="participation.argument",
                    ),
                ),
                migrations.AlterField(
                    model_name="sheetpiece",
                    name="sheet",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="participation.sheet",
                    ),
                ),
                migrations.AlterField(
                    model_name="usefulmark",
                    name="argument",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="useful_marks",
                        to="participation.argument",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL([f'DROP INDEX IF EXISTS "{name}"' for name in NAMES], migrations.RunSQL.noop),
            ],
        ),
    ]
