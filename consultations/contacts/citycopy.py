"""What a city takes with it of its address book (common.citycopy): all of it, in the complete copy."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.contacts.models import Concern, Contact, Exchange, Unwilling

in_city_copies(
    Contact,
    title=_("The address book: associations, schools, companies, services"),
    complete="id kind name person email phone address neighbourhood source note created_by_id created_at used_at "
    "written_at refused_at revision",
    never="name_key",
)
in_city_copies(Concern, title=_("Which challenges concern them"), complete="id contact_id challenge_id")
in_city_copies(
    Exchange,
    title=_("Who was in touch with them, when and about what"),
    complete="id contact_id way words by_id at created_at",
)
in_city_copies(Unwilling, never="mark since")

in_words(
    {
        "contact_id": _("number of the contact"),
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
        "contacts_exchange.way": _("how"),
        "contacts_exchange.words": _("what was said, or the message"),
        "contacts_exchange.by_id": _("who was in touch with it"),
        "contacts_exchange.at": _("when it was"),
    }
)
