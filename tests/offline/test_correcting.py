"""Correcting what everybody reads: the words before stay, and who changed them is known."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.erasure import erase
from accounts.models import AuditEntry
from common.outbox import messages_of, send_event
from consultations.framing.enums import ModeratedBy, Moderation
from consultations.framing.models import Consultation
from consultations.moderation.models import Case
from consultations.offline.models import Correction, Entry
from consultations.offline.services import own, refusals
from consultations.offline.services.entering import set_rule
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, reported
from tests.offline.factories import SOLUTION, entered
from tests.participation.factories import ProposalFactory

NEW = "Planter des tilleuls rue de la gare."


@pytest.fixture
def long_ago(in_saran: Municipality) -> Entry:
    """A proposal that everybody has read for an hour."""
    entry = entered(problem="Il fait chaud.").entry
    Proposal.objects.update(submitted_at=timezone.now() - timedelta(hours=1))
    return entry


def argument_long_ago() -> Entry:
    said = {"kind": "ARGUMENT", "about": ProposalFactory().pk, "stance": "FOR", "solution": "Mon voisin le dit aussi."}
    entry = entered(**said).entry
    recount()
    Argument.objects.update(submitted_at=timezone.now() - timedelta(hours=1))
    return entry


def correct(entry: Entry, by: object = None, solution: str = NEW, stance: str = "") -> bool:
    return own.correct(
        entry=entry, by=by, at=timezone.now(), solution=solution, problem="Il fait chaud.", stance=stance
    )  # type: ignore[arg-type]


def test_what_everybody_has_read_is_corrected_as_a_new_version(long_ago: Entry) -> None:
    clerk = UserFactory(role=Role.FACILITATOR)
    assert correct(long_ago, clerk)
    proposal = Proposal.objects.get()
    assert [each.solution for each in proposal.versions.order_by("number")] == [SOLUTION, NEW]
    assert (proposal.solution, proposal.version) == (NEW, 2)
    last = proposal.versions.get(number=2)
    assert (last.made_by, last.note) == (None, "Corrigé par l’équipe, d’après ce qui a été remis.")
    assert (kept := Correction.objects.get()).by == clerk
    assert kept.version == 2
    trail = AuditEntry.objects.get(action="offline_corrected")
    assert (trail.actor, trail.subject_id, trail.details) == (clerk, str(long_ago.pk), {"version": 2})
    facts = list(messages_of(send_event).values_list("payload__event", flat=True))
    assert "version_published" in facts
    assert "text_edited" not in facts
    # And once more, by its receipt: the words of the team stay, too.
    assert not correct(long_ago)
    assert correct(long_ago, solution="Planter des érables rue de la gare.")
    assert [each.note[:11] for each in proposal.versions.order_by("number")] == ["", "Corrigé par", "Corrigé par"]
    assert recount() == 0


def test_in_its_first_minutes_it_is_corrected_in_place_as_what_people_write_here(in_saran: Municipality) -> None:
    correct(entered().entry, UserFactory(role=Role.FACILITATOR))
    assert Proposal.objects.get().versions.get().solution == NEW
    assert Correction.objects.get().version is None
    assert list(messages_of(send_event).filter(payload__event="version_published")) == []


def test_what_somebody_else_rewrote_is_no_longer_the_sheet(long_ago: Entry) -> None:
    correct(long_ago, UserFactory(role=Role.FACILITATOR))
    Proposal.objects.update(version=3)
    with pytest.raises(refusals.StandsNow):
        correct(long_ago, solution="Planter des érables rue de la gare.")


def test_where_a_colleague_reads_what_is_typed_they_read_what_is_corrected_too(long_ago: Entry) -> None:
    clerk = UserFactory(role=Role.FACILITATOR)
    set_rule(consultation=long_ago.consultation, read_twice=True, by=clerk)
    assert correct(long_ago)
    assert Proposal.objects.get().status == Status.PUBLISHED, "by whoever gave it"
    assert correct(long_ago, clerk, solution="Planter des érables rue de la gare.")
    assert Proposal.objects.get().status == Status.HELD
    assert Case.objects.get().is_held


def test_where_the_city_reads_first_the_new_version_waits_and_the_one_before_stays(long_ago: Entry) -> None:
    Consultation.objects.update(moderation=Moderation.BEFORE)
    entry = Entry.objects.select_related("consultation").get(pk=long_ago.pk)
    assert correct(entry)
    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.version) == (Status.HELD, 2)
    # While it waits nobody reads it: it is mended in place.
    assert correct(entry, solution="Planter des érables rue de la gare.")
    assert list(proposal.versions.order_by("number").values_list("solution", flat=True)) == [
        SOLUTION,
        "Planter des érables rue de la gare.",
    ]
    assert "version_published" not in messages_of(send_event).values_list("payload__event", flat=True)


def test_of_an_argument_the_words_before_stay_with_the_sheet(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    entry, clerk = argument_long_ago(), UserFactory(role=Role.FACILITATOR, public_name="Paule Martin")
    assert correct(entry, clerk, solution="Ma voisine dit le contraire.", stance="AGAINST")
    kept = Correction.objects.get()
    assert (kept.by, kept.stance, kept.text) == (clerk, "FOR", "Mon voisin le dit aussi.")
    assert recount() == 0
    consultation = Consultation.objects.get(is_current=True)
    desk = visit(in_saran, UserFactory(role=Role.MODERATOR), stays=True)
    page = desk.get(f"/gestion/consultations/{consultation.slug}/saisie/{entry.pk}/").content.decode()
    assert "Mon voisin le dit aussi." in page
    assert "Paule Martin" in page


def test_words_hidden_in_an_argument_are_hidden_in_what_it_said_before(in_saran: Municipality) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    entry = argument_long_ago()
    correct(entry, solution="Mon voisin le dit aussi, et moi.", stance="FOR")
    decided(reported(Argument.objects.get()), act="REDACT", passages=["Mon voisin"])
    assert "Mon voisin" not in Argument.objects.get().text
    assert "Mon voisin" not in Correction.objects.get().text


def test_erased_nothing_of_the_words_before_is_left(in_saran: Municipality) -> None:
    entry = argument_long_ago()
    correct(entry, solution="Ma voisine dit le contraire.", stance="AGAINST")
    own.erase(entry=entry, at=timezone.now())
    assert (Correction.objects.get().text, Correction.objects.get().stance) == ("", "")


def test_who_leaves_with_their_texts_takes_those_before(in_saran: Municipality) -> None:
    entry, user, clerk = argument_long_ago(), UserFactory(), UserFactory(role=Role.FACILITATOR)
    correct(entry, clerk, solution="Ma voisine dit le contraire.", stance="AGAINST")
    own.bind(entry=entry, user=user, at=timezone.now())
    erase(user_id=user.pk, with_texts=True)
    assert Correction.objects.get().text == ""
    assert Correction.objects.get().by == clerk
    erase(user_id=clerk.pk, with_texts=False)
    assert Correction.objects.get().by is None
