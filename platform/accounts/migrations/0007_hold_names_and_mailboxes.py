"""Who was there first holds their name and their mailbox; a namesake, and a second account, stay as they are."""

from typing import Any

from django.db import migrations

from accounts.mailboxes import mailbox_of
from accounts.names import key_of


def hold(apps: Any, schema_editor: Any) -> None:
    user = apps.get_model("accounts", "User")
    names = set(user.objects.exclude(name_key="").values_list("name_key", flat=True))
    mailboxes = set(user.objects.exclude(mailbox="").values_list("mailbox", flat=True))
    changed = []
    for person in user.objects.order_by("pk").only("email", "public_name", "name_key", "mailbox").iterator():
        key = key_of(person.public_name) if person.public_name and not person.name_key else ""
        mailbox = "" if person.mailbox else mailbox_of(person.email)
        if key and key not in names:
            person.name_key = key
            names.add(key)
        if mailbox and mailbox not in mailboxes:
            person.mailbox = mailbox
            mailboxes.add(mailbox)
        changed.append(person)
    user.objects.bulk_update(changed, ["name_key", "mailbox"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_names_and_mailboxes")]

    operations = [migrations.RunPython(hold, migrations.RunPython.noop)]
