"""Reading the address book."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet, Sum

from consultations.contacts.models import Concern, Contact, ContactVisit, Exchange
from consultations.framing.models import Challenge

# Somebody was in touch with them within that: nobody writes to them again without meaning it.
LATELY = timedelta(days=30)


def contacts(*, kind: str = "", challenge: str = "", words: str = "") -> QuerySet[Contact]:
    """Those of a kind, whom a challenge concerns (its word in addresses), with these words in them."""
    found = Contact.objects.order_by("name_key", "pk")
    if kind:
        found = found.filter(kind=kind)
    if challenge:
        found = found.filter(pk__in=Concern.objects.filter(challenge__slug=challenge).values("contact"))
    for word in words.split()[:8]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(person__icontains=word)
            | Q(email__icontains=word)
            | Q(neighbourhood__icontains=word)
            | Q(note__icontains=word)
        )
    return found


@dataclass(frozen=True)
class Row:
    contact: Contact
    challenges: list[str]
    last: Exchange | None


def listed(page: Iterable[Contact]) -> list[Row]:
    """Each with the challenges that concern it and its last exchange: as many queries for a page of any length."""
    rows = list(page)
    about: dict[int, list[str]] = {}
    concerns = Concern.objects.filter(contact__in=rows).order_by("challenge__position", "challenge_id")
    for contact, label in concerns.values_list("contact_id", "challenge__label"):
        about.setdefault(contact, []).append(label)
    last = Exchange.objects.filter(contact__in=rows).order_by("contact_id", "-at", "-pk").distinct("contact_id")
    exchanges = {each.contact_id: each for each in last.select_related("by")}
    return [Row(each, about.get(each.pk, []), exchanges.get(each.pk)) for each in rows]


def challenges_to_choose() -> QuerySet[Challenge]:
    """Of the consultations that are not archived."""
    found = Challenge.objects.filter(consultation__archived_at=None).select_related("consultation")
    return found.order_by("-consultation__is_current", "consultation_id", "position", "pk")


def concerned_by(contact: Contact) -> list[int]:
    found = Concern.objects.filter(contact=contact).order_by("challenge_id")
    return list(found.values_list("challenge_id", flat=True))


def visits_of(contact: Contact) -> int:
    """How often the address that it was given was opened."""
    return ContactVisit.objects.filter(contact=contact).aggregate(sum=Sum("count"))["sum"] or 0


def exchanges_of(contact: Contact) -> QuerySet[Exchange]:
    return Exchange.objects.filter(contact=contact).select_related("by").order_by("-at", "-pk")
