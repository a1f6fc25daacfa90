"""Whom of the address book the week proposes to ask, for which line; and one press that does it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.tasks import send_mail
from common.outbox import messages_of
from common.worklist import Asked, Line, lines_of
from consultations.contacts.models import Concern, Contact, Exchange
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.portal.models import WorkItem
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.contacts.factories import ContactFactory
from tests.participation.factories import ProposalFactory


def lines(city: Municipality, **later: float) -> dict[str, Line]:
    found, at = every_consultation().get(), timezone.now() + timedelta(**later)
    return {line.kind: line for line in lines_of(Asked(found, calendar_of(found, at=at), city, at))}


@pytest.fixture
def silent(in_saran: Municipality) -> Challenge:
    """A proposal that people like, of which nobody has said why; and a contact whom its challenge concerns."""
    long_ago = timezone.now() - timedelta(days=30)
    Consultation.objects.update(opened_at=long_ago, proposal_count=1)
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(
        opens_at=long_ago, closes_at=timezone.now() + timedelta(days=60)
    )
    challenge = ProposalFactory(like_count=3, submitted_at=long_ago).challenge
    Concern.objects.create(contact=ContactFactory(name="Les Amis du jardin"), challenge=challenge)
    Concern.objects.create(contact=ContactFactory(name="Sans adresse", email=""), challenge=challenge)
    return challenge


def test_one_press_writes_to_those_whom_the_challenge_concerns_and_a_second_does_nothing(
    silent: Challenge, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    line = lines(in_saran)["participation.without_argument"]
    assert line.sending is not None
    assert line.sending.to == "Les Amis du jardin"
    user = UserFactory(role=Role.FACILITATOR)
    desk = visit(in_saran, user, stays=True)
    page = desk.get("/gestion/").content.decode()
    assert "Envoyer à\u00a0: Les Amis du jardin" in page
    address = f"/gestion/consultations/{silent.consultation.slug}/ligne/"
    sent = {"key": line.key, "do": "send", "words": "Qu’en pensez-vous, au jardin ?"}
    said = [desk.post(address, sent, follow=True).content.decode() for _twice in range(2)]
    assert "1 message part" in said[0]
    assert "déjà envoyé" in said[1]
    (mail,) = messages_of(send_mail)
    assert "Qu’en pensez-vous, au jardin ?" in mail.payload["body"]
    assert Exchange.objects.get().by == user
    item = WorkItem.objects.get()
    assert (item.sent, item.handled_by) == (1, user)
    undone = desk.post(address, {"key": line.key, "do": "resume"}, follow=True).content.decode()
    assert "déjà envoyé" in undone  # what has left is not taken back
    assert "Envoyer à\u00a0: Les Amis du jardin" not in desk.get("/gestion/").content.decode()
    # A month later it may be asked again, if it is still so.
    assert lines(in_saran, days=31)["participation.without_argument"].sending is not None
    assert not item.is_done(line, at=item.done_at + timedelta(days=31))


@pytest.mark.parametrize("words", ["  ", "Jardins. " * 2000])
def test_a_message_that_is_empty_or_too_long_leaves_to_nobody_and_stays_where_it_was_typed(
    silent: Challenge, in_saran: Municipality, visit: Callable[..., Client], words: str
) -> None:
    line = lines(in_saran)["participation.without_argument"]
    desk = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    address = f"/gestion/consultations/{silent.consultation.slug}/ligne/"
    answer = desk.post(address, {"key": line.key, "do": "send", "words": words})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not messages_of(send_mail)
    assert 'class="invalid-feedback"' in page
    assert "Envoyer à\u00a0: Les Amis du jardin" in page
    [typed] = re.findall(r"<textarea[^>]*is-invalid[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert typed == words
    assert str(line.sending.words) not in page  # type: ignore[union-attr]


def test_it_names_those_alone_whom_the_press_writes_to(
    silent: Challenge, in_saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    Concern.objects.create(contact=ContactFactory(name="Un verger pour tous"), challenge=silent)
    assert "Un verger" in str(lines(in_saran)["participation.without_argument"].sending)
    monkeypatch.setattr("consultations.contacts.week.AT_ONCE", 1)
    found = lines(in_saran)["participation.without_argument"].sending
    assert found is not None
    assert found.to == "Les Amis du jardin"


def test_nothing_is_offered_to_send_where_nobody_may_be_written_to(silent: Challenge, in_saran: Municipality) -> None:
    Concern.objects.filter(contact__name="Les Amis du jardin").update(challenge=another(silent))
    assert lines(in_saran)["participation.without_argument"].sending is None
    Concern.objects.update(challenge=silent)
    assert lines(in_saran)["participation.without_argument"].sending is not None
    Contact.objects.update(written_at=timezone.now() - timedelta(days=29))
    assert lines(in_saran)["participation.without_argument"].sending is None, "somebody was in touch with them lately"


def another(challenge: Challenge) -> Challenge:
    return Challenge.objects.exclude(pk=challenge.pk).order_by("pk")[0]


def test_of_whom_nobody_has_come_those_who_know_them_are_proposed(silent: Challenge, in_saran: Municipality) -> None:
    ContactFactory(name="Lycée Voltaire", kind="SCHOOL")
    assert "contacts.missing" not in lines(in_saran)  # one person is not enough to tell
    for number in range(10):
        ProposalFactory(challenge=silent, author__capacity="YOUNG" if number > 8 else "RESIDENT")
    assert lines(in_saran)["contacts.missing"].subject == "capacity.ASSOCIATION"
    Concern.objects.all().delete()
    ContactFactory(name="Boulangerie", kind="COMPANY")
    found = every_consultation().get()
    at = timezone.now()
    keys = [line.key for line in lines_of(Asked(found, calendar_of(found, at=at), in_saran, at))]
    assert [key for key in keys if key.startswith("contacts.")] == [
        "contacts.missing:capacity.ASSOCIATION",
        "contacts.missing:capacity.COMPANY",
    ]


def test_a_challenge_without_a_proposal_is_said_once_others_have_some(
    silent: Challenge, in_saran: Municipality
) -> None:
    line = lines(in_saran)["participation.challenge_empty"]
    assert "Personne n’a encore rien proposé" in str(line.message)
    Consultation.objects.update(proposal_count=0)
    assert "participation.challenge_empty" not in lines(in_saran)
