from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_hold_names_and_mailboxes")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="unread_notices",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="Kept by the notifications engine (notifications.services.counting)."
            ),
        )
    ]
