"""A person's copy of what they did for the address book (common.personal). Contacts have no account: what is held of
them is asked for by letter or mail, and found by their name."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from common.personal import PersonalFile, copies
from consultations.contacts.models import Concern, Contact, ContactBatch, ContactVisit, Exchange


@copies(Contact, Concern, Exchange, ContactBatch, ContactVisit)
def address_book(user: User) -> Iterator[PersonalFile]:
    added = Contact.objects.filter(created_by=user).order_by("pk")
    if added:
        yield PersonalFile(
            "carnet-contacts",
            _("Contacts that you added to the address book"),
            _("As a member of the team."),
            [{_("name"): each.name, _("added on"): each.created_at} for each in added],
        )
    noted = Exchange.objects.filter(by=user).select_related("contact").order_by("pk")
    if noted:
        yield PersonalFile(
            "carnet-echanges",
            _("Your exchanges with contacts of the address book"),
            _("As a member of the team."),
            [
                {
                    _("contact"): each.contact.name,
                    _("how"): each.get_way_display(),
                    pgettext("exchange", "on"): each.at,
                    _("words"): each.words,
                }
                for each in noted
            ],
        )
    batches = ContactBatch.objects.filter(made_by=user).order_by("pk")
    if batches:
        yield PersonalFile(
            "carnet-listes",
            _("Spreadsheets of contacts that you sent"),
            _("As a member of the team."),
            [{_("where it comes from"): each.source, _("sent on"): each.made_at} for each in batches],
        )
