"""What the week asks for the territory: who has not come, and whom of the address book to ask (common.worklist).

Messages of other lines that concern a challenge are offered to the contacts whom it concerns, by one press.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import Capacity
from accounts.models import User
from accounts.neighbourhoods import key_of_place, listed_neighbourhoods
from common.templatetags.ui import figure
from common.worklist import A_MONTH, Asked, Line, Sending, When, lines, offers
from consultations.contacts.abilities import KEEP_CONTACTS
from consultations.contacts.enums import ContactKind
from consultations.contacts.models import Concern
from consultations.contacts.services.inviting import AT_ONCE, not_written_to_lately, reachable, write_to_contacts
from consultations.framing.models import Consultation
from consultations.participation.actions import ARGUE, PROPOSE
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal

# Before that, who has not come says nothing yet.
_OPEN_FOR, _SAID_BY = timedelta(days=14), 10
_SHOWN = 2
# Of whom nobody has come → in words, and which contacts know them.
_CAPACITIES = {
    Capacity.YOUNG: (gettext_lazy("No young person has written anything yet"), ContactKind.SCHOOL),
    Capacity.ASSOCIATION: (gettext_lazy("No association has written anything yet"), ContactKind.ASSOCIATION),
    Capacity.COMPANY: (gettext_lazy("No company has written anything yet"), ContactKind.COMPANY),
    Capacity.WORKER: (gettext_lazy("Nobody who works here has written anything yet"), ContactKind.COMPANY),
}


@offers(queries=1)
def to_those_concerned(asked: Asked, found: list[Line]) -> dict[str, Sending]:
    """Each message to the contacts whom its challenges concern; without those somebody was in touch with lately."""
    if not asked.city.is_verified or not asked.city.is_public:
        return {}
    wanted = {pk for line in found for pk in line.concerns}
    contacts = not_written_to_lately(reachable(), at=asked.at)
    rows = list(
        Concern.objects.filter(challenge__in=wanted, contact__in=contacts)
        .order_by("contact__name_key", "contact_id")
        .values_list("challenge_id", "contact_id", "contact__name")
    )
    sendings = {}
    for line in found:
        theirs = {contact: name for challenge, contact, name in rows if challenge in line.concerns}
        if theirs:
            sendings[line.key] = _sending(asked, theirs, str(line.message))
    return sendings


def _sending(asked: Asked, contacts: dict[int, str], words: str) -> Sending:
    first = dict(list(contacts.items())[:AT_ONCE])
    title = _("“%(title)s”: will you pass the word on?") % {"title": asked.consultation.title}
    return Sending(
        to=_named(list(first.values())),
        words=words,
        send=partial(_send, contacts=list(first), subject=title[:120], consultation=asked.consultation),
    )


def _send(*, contacts: list[int], subject: str, consultation: Consultation, words: str, by: User, at: datetime) -> int:
    return write_to_contacts(contacts=contacts, subject=subject, words=words, consultation=consultation, by=by, at=at)


def _named(names: list[str]) -> str:
    shown, others = names[:_SHOWN], len(names) - _SHOWN
    if others <= 0:
        return _(" and ").join(shown)
    more = ngettext("%(names)s and %(count)s other contact", "%(names)s and %(count)s other contacts", others)
    return more % {"names": ", ".join(shown), "count": figure(others)}


# ── Who has not come ─────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Group:
    """People of whom nobody has come, and who of the address book knows them."""

    key: str
    title: str
    said_by: int
    contacts: dict[int, str]


@lines(queries=3)
def missing(asked: Asked) -> Iterator[Line]:
    """Of a quality or a neighbourhood, once enough people have said theirs; and whom one could ask."""
    opened = asked.consultation.opened_at
    if opened is None or asked.at - opened < _OPEN_FOR or not asked.city.is_public or not asked.city.is_verified:
        return
    if not (asked.calendar.may(PROPOSE) or asked.calendar.may(ARGUE)):
        return
    contacts = not_written_to_lately(reachable(), at=asked.at)
    free, own = Concern.objects.filter(contact=OuterRef("pk")), {"challenge__consultation": asked.consultation}
    known = list(
        contacts.filter(Exists(free.filter(**own)) | ~Exists(free))
        .order_by("name_key", "pk")
        .values_list("pk", "name", "kind", "neighbourhood")
    )
    if not known:
        return
    for group in list(_absent(asked.consultation, known))[:_SHOWN]:
        yield _line(asked, group)


def _absent(consultation: Consultation, known: list[tuple[int, str, str, str]]) -> Iterator[_Group]:
    came = list(_who_came(consultation))
    said = [each["capacity"] for each in came if each["capacity"]]
    for value, (said_so, kind) in _CAPACITIES.items():
        contacts = {pk: words for pk, words, its_kind, _place in known if its_kind == kind}
        if len(said) >= _SAID_BY and value not in said and contacts:
            yield _Group(f"capacity.{value}", str(said_so), len(said), contacts)
    places = [key_of_place(each["neighbourhood"]) for each in came if each["neighbourhood"]]
    if len(places) < _SAID_BY:
        return
    for key, words in listed_neighbourhoods().items():
        contacts = {pk: name for pk, name, _kind, place in known if place and key_of_place(place) == key}
        if key not in places and contacts:
            title = _("Nobody of the neighbourhood “%(name)s” has written anything yet") % {"name": words}
            yield _Group(f"neighbourhood.{key}", title, len(places), contacts)


def _who_came(consultation: Consultation) -> Iterable[Any]:
    """What those who wrote something public say of themselves, beside their name. How old people are, and who only
    reacted, is nobody's to see: a line that goes away would tell it of the one who came last."""
    of_it, published = {"challenge__consultation": consultation}, {"status": Status.PUBLISHED}
    proposed = Proposal.objects.filter(author=OuterRef("pk"), **of_it, **published)
    argued = Argument.objects.filter(author=OuterRef("pk"), proposal__challenge__consultation=consultation, **published)
    return User.objects.filter(Exists(proposed) | Exists(argued)).values("capacity", "neighbourhood")


def _line(asked: Asked, group: _Group) -> Line:
    address = asked.city.url.rstrip("/") + asked.consultation.get_absolute_url()
    asks = _("People around you have not taken part yet, and what they live is missing. Will you tell them of it?")
    told = ngettext(
        "%(count)s person has said it of themselves.", "%(count)s people have said it of themselves.", group.said_by
    )
    return Line(
        kind="contacts.missing",
        subject=group.key,
        title=group.title,
        why=told % {"count": figure(group.said_by)},
        message=f"{asked.consultation.question}\n\n{asks}\n\n{address}",
        minutes=5,
        roles=KEEP_CONTACTS.in_team,
        url=reverse("desk_contacts"),
        verb=_("See the address book"),
        when=When.WEEK,
        by_hand=True,
        animates=True,
        rests=A_MONTH,
        sending=_sending(asked, group.contacts, f"{asked.consultation.question}\n\n{asks}\n\n{address}"),
    )
