"""Sheets that were typed, and typing them."""

import uuid
from typing import Any

import factory
from django.db.models import Max
from django.utils import timezone
from factory.django import DjangoModelFactory

from consultations.framing.models import Challenge, Consultation
from consultations.offline import codes
from consultations.offline.models import Entry, Receipt
from consultations.offline.services.entering import Entered, enter
from consultations.offline.services.receipts import receipts_to_print, reserve_sheets
from consultations.offline.services.typed import Typed
from tests.accounts.factories import UserFactory

SOLUTION = "Planter des arbres le long de la rue de la gare, pour marcher à l’ombre."


class ReceiptFactory(DjangoModelFactory[Receipt]):
    class Meta:
        model = Receipt

    consultation = factory.LazyFunction(lambda: Consultation.objects.get(is_current=True))
    digest = factory.LazyFunction(uuid.uuid4)


class EntryFactory(DjangoModelFactory[Entry]):
    class Meta:
        model = Entry

    consultation = factory.LazyFunction(lambda: Consultation.objects.get(is_current=True))
    challenge = factory.LazyAttribute(lambda made: made.consultation.challenges.first())
    receipt = factory.SubFactory(ReceiptFactory, consultation=factory.SelfAttribute("..consultation"))
    given_on = factory.LazyFunction(timezone.localdate)
    title = "Des arbres rue de la gare"
    solution = SOLUTION
    typed_by = factory.SubFactory(UserFactory)


def printed(count: int, consultation: Consultation | None = None) -> list[tuple[int, str]]:
    """The numbers of so many sheets, each with the receipt that stands on it."""
    consultation = consultation or Consultation.objects.get(is_current=True)
    after = Receipt.objects.aggregate(last=Max("sheet"))["last"] or 0
    numbers = reserve_sheets(consultation=consultation, count=count, after=after, at=timezone.now())
    receipts = receipts_to_print(consultation=consultation, sheets=numbers, at=timezone.now())
    return list(zip(numbers, receipts, strict=True))


def entered(
    *, key: uuid.UUID | None = None, code: str = "", by: Any = None, is_draft: bool = False, **given: Any
) -> Entered:
    """As by the press of somebody at the desk."""
    consultation = Consultation.objects.get(is_current=True)
    if given.get("kind") != "ARGUMENT":
        given.setdefault("challenge", Challenge.objects.filter(consultation=consultation).first())
    given = {"given_on": timezone.localdate(), "solution": SOLUTION, **given}
    return enter(
        consultation=consultation,
        typed=Typed(**given),
        by=by or UserFactory(role="FACILITATOR"),
        at=timezone.now(),
        key=key or uuid.uuid4(),
        code=code or codes.draw(),
        is_draft=is_draft,
    )
