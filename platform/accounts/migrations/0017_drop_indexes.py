import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Never useful: nobody searches these words by their beginning, or another index begins with the same column.
NAMES = (
    "account_emailaddress_email_03be32b2_like",
    "account_emailconfirmation_key_f43612bd_like",
    "accounts_begunaction_user_id_cc731ff8",
    "accounts_neighbourhood_key_d67ed50d_like",
    "accounts_signinlink_token_hash_51c31a80_like",
    "accounts_teaminvitation_token_hash_93742140_like",
    "django_session_session_key_c0390e0f_like",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_function"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        # Not Django's AlterField, which would make each foreign key anew and look through all rows.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="begunaction",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="begun_actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL([f'DROP INDEX IF EXISTS "{name}"' for name in NAMES], migrations.RunSQL.noop),
            ],
        ),
    ]
