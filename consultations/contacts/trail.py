"""What the trail keeps of the address book, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.contacts.models import Contact, ContactBatch

records(
    {
        "contact_added": _("Contact added to the address book"),
        "contact_changed": _("Contact of the address book changed"),
        "contact_deleted": _("Contact deleted from the address book"),
        "contact_left_alone": _("Contact that wants no message"),
        "contact_willing": _("Contact that may be written to again"),
        "contact_written_to": _("Contact written to by e-mail"),
        "contact_letter_made": _("Letter to a contact made"),
        "contacts_imported": _("Contacts added from a spreadsheet"),
        "contacts_import_undone": _("Spreadsheet of contacts undone"),
        "exchange_noted": _("Exchange with a contact noted"),
    }
)
concerns(Contact, _("Contact"), title=lambda contact: contact.name, address="desk_contact")
concerns(ContactBatch, _("Spreadsheet of contacts"), title=lambda batch: batch.source, address="desk_contacts_batch")
