from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_unread_notices")]

    operations = [migrations.RenameField("user", "quality", "capacity")]
