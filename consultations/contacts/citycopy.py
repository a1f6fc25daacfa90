"""What a city takes with it of its address book (common.citycopy): all of it, in the complete copy."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.contacts.models import Concern, Contact, ContactBatch, ContactVisit, Exchange, Unwilling

in_city_copies(
    Contact,
    title=_("The address book: associations, schools, companies, services"),
    complete="id kind name person email phone address neighbourhood source note batch_id created_by_id created_at "
    "used_at written_at refused_at revision tag",
    never="name_key form",
)
in_city_copies(Concern, title=_("Which challenges concern them"), complete="id contact_id challenge_id")
in_city_copies(
    Exchange,
    title=_("Who was in touch with them, when and about what"),
    complete="id contact_id way subject words by_id at created_at",
)
in_city_copies(
    ContactBatch,
    title=_("Spreadsheets of contacts that were taken up"),
    complete="id kind source made_by_id made_at done_at undone_at added",
    never="digest lines columns",
)
in_city_copies(
    ContactVisit,
    title=_("How often the addresses that contacts were given were opened"),
    complete="id contact_id day count",
)
in_city_copies(Unwilling, never="mark since")

in_words(
    {
        "contact_id": _("number of the contact"),
        "batch_id": _("number of the spreadsheet that it comes from"),
        "contacts_contactbatch.kind": _("what those are whose line did not say it"),
        "contacts_contactbatch.source": _("where the list comes from"),
        "contacts_contactbatch.made_by_id": _("who sent it"),
        "contacts_contactbatch.made_at": _("when it was sent"),
        "contacts_contactbatch.done_at": _("when it was taken up"),
        "contacts_contactbatch.undone_at": _("when it was undone"),
        "contacts_contactbatch.added": _("how many contacts it added"),
        "contacts_contactvisit.day": _("on which day"),
        "contacts_contactvisit.count": _("how often"),
        "contacts_contact.kind": _("what it is"),
        "contacts_contact.name": _("its name"),
        "contacts_contact.person": _("whom to ask for"),
        "contacts_contact.email": _("its e-mail address"),
        "contacts_contact.phone": _("its telephone number"),
        "contacts_contact.address": _("its postal address"),
        "contacts_contact.neighbourhood": _("its neighbourhood"),
        "contacts_contact.source": _("where this comes from"),
        "contacts_contact.note": _("what the team noted"),
        "contacts_contact.created_by_id": _("who added it"),
        "contacts_contact.used_at": _("when it was last changed or written to"),
        "contacts_contact.written_at": _("when somebody was last in touch with it"),
        "contacts_contact.refused_at": _("since when it wants no message"),
        "contacts_contact.tag": _("what stands in the address that it was given, by which its visits are counted"),
        "contacts_exchange.way": _("how"),
        "contacts_exchange.subject": _("the subject of the message"),
        "contacts_exchange.words": _("what was said, or the message"),
        "contacts_exchange.by_id": _("who was in touch with it"),
        "contacts_exchange.at": _("when it was"),
    }
)
