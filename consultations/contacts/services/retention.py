"""How long a contact stands in the address book."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.contacts.models import Contact, ContactBatch

KEPT, _NOT_TAKEN_UP = timedelta(days=3 * 365), timedelta(days=7)

_BOOK = keeps(
    84,
    _("Address book of the team: associations, schools, companies, services, and whom to ask for there"),
    _(
        "To ask them to take part, in the public interest. They may stop that by one press; of an address that did, a "
        "mark alone is kept, so that nobody writes to it again."
    ),
    format_lazy(_("{kept} after they were last changed or written to, or as soon as they ask."), kept=span(KEPT)),
)


@forgets("contacts", _BOOK)
def contacts_over(*, at: datetime) -> QuerySet[Contact]:
    return Contact.objects.filter(used_at__lt=at - KEPT)


@forgets("lists of contacts", _BOOK)
def lists_over(*, at: datetime) -> QuerySet[ContactBatch]:
    """Those that nobody took up within a week; the others with their contacts."""
    started = Q(done_at=None, made_at__lt=at - _NOT_TAKEN_UP)
    return ContactBatch.objects.filter(started | Q(made_at__lt=at - KEPT))
