"""A platform opens when every condition is met, and only then; one page lists them all with what mends each."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Challenge, Consultation, LegalIdentity, Phase
from consultations.framing.services.documents import add_document
from consultations.framing.services.opening import NotReadyToOpen, open_consultation, opening_checks
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.support.pages import says

pytestmark = pytest.mark.dates


@pytest.fixture
def prepared(in_saran: Municipality) -> Municipality:
    """Saran just before opening: all is there."""
    Consultation.objects.update(opened_at=None)
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(opened_at=None)
    in_saran.opened_at = None
    return in_saran


def unmet(city: Municipality) -> list[str]:
    checks = opening_checks(consultation=Consultation.objects.get(), municipality=city, at=timezone.now())
    assert len(checks) == 10
    return [check.url_name for check in checks if not check.holds]


def opens(city: Municipality) -> bool:
    try:
        open_consultation(consultation=Consultation.objects.get(), municipality=city, actor=None, at=timezone.now())
    except NotReadyToOpen:
        return False
    return True


def test_with_everything_there_it_opens_once(prepared: Municipality) -> None:
    assert unmet(prepared) == []
    assert opens(prepared)
    first = Consultation.objects.get().opened_at
    assert opens(prepared)
    assert Consultation.objects.get().opened_at == first
    assert AuditEntry.objects.filter(action="consultation_opened").count() == 2  # the fixture's, and this one
    with schema_context("public"):
        assert Municipality.objects.get(pk=prepared.pk).is_open


def without(**values: Any) -> Callable[[Municipality], object]:
    return lambda city: Consultation.objects.update(**values)


def shortened(city: Municipality) -> None:
    now = timezone.now()
    Phase.objects.filter(kind="PROPOSE").update(opens_at=now, closes_at=now + timedelta(days=6, hours=23))


def past(city: Municipality) -> None:
    now = timezone.now()
    Phase.objects.filter(kind="PROPOSE").update(opens_at=now - timedelta(days=30), closes_at=now - timedelta(minutes=1))


def undated(city: Municipality) -> None:
    Phase.objects.filter(kind="PROPOSE").update(opens_at=None, closes_at=None)


def unverified(city: Municipality) -> None:
    city.verified_at = None


def in_state(state: LifecycleState) -> Callable[[Municipality], None]:
    def set_state(city: Municipality) -> None:
        city.state = state

    return set_state


CONDITIONS: dict[str, tuple[Callable[[Municipality], object], str]] = {
    "who decides": (without(decision_maker=""), "desk_consultation"),
    "the commitment": (without(commitment=""), "desk_consultation"),
    "a contact": (without(contact_email=""), "desk_consultation"),
    "dates": (undated, "desk_consultation"),
    "a week": (shortened, "desk_consultation"),
    "a future": (past, "desk_consultation"),
    "documents or none": (without(documents_none=False), "desk_documents"),
    "a validated challenge": (lambda city: Challenge.objects.update(validated_at=None), "desk_challenges"),
    "the legal pages": (lambda city: LegalIdentity.objects.update(director=""), "desk_legal"),
    "who may answer": (without(who_may_answer=""), "desk_legal"),
    "a moderator": (without(moderated_by=ModeratedBy.MODERATORS), "desk_consultation"),
    "a verified authority": (unverified, "desk_verification"),
    "no read-only": (in_state(LifecycleState.READ_ONLY), ""),
    "no suspension": (in_state(LifecycleState.SUSPENDED), ""),
    "no closing": (in_state(LifecycleState.CLOSED), ""),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_without_one_condition_it_stays_closed(prepared: Municipality, name: str) -> None:
    spoil, url_name = CONDITIONS[name]
    spoil(prepared)
    assert url_name in unmet(prepared)
    assert not opens(prepared)
    assert Consultation.objects.get().opened_at is None
    with schema_context("public"):
        assert not Municipality.objects.get(pk=prepared.pk).is_open


def test_a_moderator_or_somebody_elses_word_is_enough(prepared: Municipality) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    UserFactory(role=Role.MODERATOR, is_active=False)
    assert unmet(prepared) == ["desk_consultation"]
    UserFactory(role=Role.MODERATOR)
    assert unmet(prepared) == []
    for other in (ModeratedBy.FRAMERS, ModeratedBy.OPERATORS):
        Consultation.objects.update(moderated_by=other)
        assert unmet(prepared) == []


def test_a_document_is_as_good_as_saying_that_there_is_none(prepared: Municipality) -> None:
    Consultation.objects.update(documents_none=False)
    add_document(
        consultation=Consultation.objects.get(),
        actor=None,
        title="Le plan",
        url="https://www.example.org/plan.pdf",
        text="",
        at=timezone.now(),
    )
    assert unmet(prepared) == []


def test_the_desk_lists_every_condition_with_a_link_that_mends_it(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    Consultation.objects.update(decision_maker="", documents_none=False, moderated_by=ModeratedBy.MODERATORS)
    Challenge.objects.update(validated_at=None)
    LegalIdentity.objects.update(phone="")
    with schema_context("public"):
        Municipality.objects.filter(pk=prepared.pk).update(verified_at=None)
    page = visit(prepared, UserFactory(administrator=True), stays=True).get("/gestion/").content.decode()
    assert page.count("work-item__rank") == 10
    assert "numéro de téléphone" in page
    for name in ("desk_consultation", "desk_documents", "desk_challenges", "desk_legal", "desk_verification"):
        assert f'href="{reverse(name)}"' in page, name
    assert "/gestion/consultation/ouvrir/" not in page
    # A facilitator reads that only an administrator can have the authority verified.
    page = visit(prepared, UserFactory(role=Role.FACILITATOR), stays=True).get("/gestion/").content.decode()
    assert not re.search(rf'work-item__act"><a [^>]*{reverse("desk_verification")}', page)


def test_opening_by_the_button_needs_the_same_conditions(prepared: Municipality, visit: Callable[..., Client]) -> None:
    LegalIdentity.objects.all().delete()
    client = visit(prepared, UserFactory(administrator=True), stays=True)
    answer = client.post("/gestion/consultation/ouvrir/", follow=True)
    assert says(answer, NotReadyToOpen)
    with schema_context("public"):
        assert not Municipality.objects.get(pk=prepared.pk).is_open
