"""The demonstration city: one consultation goes on, of one people choose, one is in the archives, one is prepared."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from common.outbox import messages_of, send_event
from consultations.analysis.enums import RunKind
from consultations.analysis.models import AnalysisRun, NearPair, SynthesisVersion, Topic
from consultations.framing.enums import ConsultationState, PhaseKind
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import every_consultation
from consultations.imports.enums import ImportState
from consultations.imports.models import Import
from consultations.imports.services.undoing import undo
from consultations.outcomes.enums import ACCEPTED, Decision, ProjectState
from consultations.outcomes.models import Project
from consultations.participation.counts import recount
from consultations.participation.models import Argument, Proposal
from consultations.portal import demo
from consultations.portal.demo.synthesis import compose_a_synthesis
from consultations.voting.enums import VoteState
from consultations.voting.events import vote_counted
from consultations.voting.models import Tally, Vote
from consultations.voting.selectors.ballot import ballot_page
from consultations.voting.selectors.result import result_of
from consultations.voting.services.closing import close
from consultations.voting.services.timing import close_vote
from tenants.keys.services import KeyDestroyed, key_of
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.support.demonstration import filled
from tests.voting.factories import cast


def test_what_is_dated_by_days_names_no_month_or_season() -> None:
    """It is told so many days before today, whatever the day."""
    words = (Path(demo.__file__).parent / "outcomes.toml").read_text(encoding="utf-8").lower()
    months = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    assert re.findall(rf"\b(?:{months}|hivers?|printemps|étés?|automnes?)\b", words) == []


def test_the_demonstration_has_one_of_each(in_saran: Municipality) -> None:
    filled(in_saran, opened=False)
    at = timezone.now()
    assert not demo.fill(municipality=in_saran, at=at)
    states = {each.title: each.state(at) for each in every_consultation()}
    assert states == {
        "Le jour d’après": ConsultationState.OPEN,
        "Le parc de l’Étang": ConsultationState.ARCHIVED,
        "Les petits travaux des quartiers": ConsultationState.OPEN,
        "Budget des habitants 2027": ConsultationState.PREPARED,
        "Les chemins de l’école": ConsultationState.CLOSED,
    }
    past = Consultation.objects.get(title="Le parc de l’Étang")
    assert past.proposal_count == Proposal.objects.filter(challenge__consultation=past).count() == 9
    assert (
        Argument.objects.filter(proposal__challenge__consultation=past, submitted_at__gt=past.archived_at).count() == 0
    )
    assert not Challenge.objects.shown().filter(consultation__opened_at=None).exists()
    assert recount() == 0


def test_the_finished_one_had_a_vote_is_answered_and_became_projects(in_saran: Municipality) -> None:
    filled(in_saran, opened=False)
    past = Proposal.objects.filter(challenge__consultation__title="Le parc de l’Étang", merged_into=None)
    decisions = set(past.values_list("answer__current__decision", flat=True))
    assert decisions == set(Decision), "of every kind, and none is left without"
    assert past.filter(answer__versions__number=2).exists(), "one was changed"
    states = Counter(Project.objects.values_list("state", flat=True))
    assert states == {each: 1 for each in ProjectState if each != ProjectState.STUDIED}
    assert all(project.news.exists() for project in Project.objects.all())
    assert Project.objects.get(state=ProjectState.ABANDONED).state_reason
    _its_vote_explains_itself()


def _its_vote_explains_itself() -> None:
    """Equal shares took four, small ones too; most votes first would have taken two. The answers say the same."""
    vote = Vote.objects.get(consultation__title="Le parc de l’Étang")
    assert vote.consultation.archived_at is not None
    assert vote.counted_at is not None
    assert vote.counted_at < vote.consultation.phases.get(kind=PhaseKind.ANSWER).closes_at
    tally = Tally.objects.get(vote=vote)
    assert (tally.online + tally.paper, tally.is_published, len(tally.receipts)) == (400, True, 400)
    assert vote.voters.filter(has_voted=True).count() == tally.online
    assert vote.paper_ballots.count() == tally.paper
    result = result_of(vote, tally)
    chosen, missed = [each.item for each in result.rounds], [each.item for each in result.missed]
    assert len(chosen) == 4
    assert {each.proposal.answer.current.decision for each in chosen} <= set(ACCEPTED), "what was chosen is done"
    assert not {each.proposal.answer.current.decision for each in missed} & set(ACCEPTED)
    assert result.other is not None
    assert len(result.other["selected"]) == 2
    assert result.other_without > result.without
    assert len(result.districts) > 2
    assert not messages_of(send_event).filter(payload__event=vote_counted.name).exists(), "nobody is written to today"
    with pytest.raises(KeyDestroyed):
        key_of(vote.key_name)


def test_what_was_held_before_was_imported_and_can_be_undone(in_saran: Municipality) -> None:
    filled(in_saran, opened=False)
    made = Import.objects.get()
    assert (made.state, made.result["created"]["proposal"], made.result["error_count"]) == (ImportState.DONE, 12, 2)
    assert made.files.get().is_left
    assert made.consultation is not None
    assert made.consultation.challenges.count() == 3
    undo(found=made, by=UserFactory(administrator=True), at=timezone.now())
    assert not Consultation.objects.filter(title=made.consultation.title).exists()
    assert recount() == 0


def test_a_visitor_may_try_the_ballot_of_a_vote_that_is_open(in_saran: Municipality) -> None:
    """Half of its people have voted, and find their ballot; it closes by itself."""
    filled(in_saran)
    at = timezone.now()
    vote = Vote.objects.select_related("consultation").get(consultation__title="Les petits travaux des quartiers")
    assert vote.state(at) == VoteState.OPEN
    assert messages_of(close_vote).get(payload__vote_id=vote.pk).due_at == vote.closes_at + timedelta(minutes=1)
    assert vote.paper_ballots.filter(confirmed_at=None).count() == 2
    voted = vote.voters.filter(has_voted=True)
    assert voted.count() == vote.ballots.count() > 100
    own = ballot_page(vote, voted.exclude(user=None)[0].user, at=at)
    assert own.may_vote
    assert own.basket.confirmed
    newcomer = UserFactory()
    assert cast(vote, 1, 2, user=newcomer).items == {1, 2}
    Vote.objects.update(closes_at=at - timedelta(minutes=2))
    close(vote_id=vote.pk, at=at)
    result = result_of(vote, Tally.objects.get(vote=vote))
    assert 1 < len(result.rounds) < 6


def test_what_is_told_of_its_vote_has_the_dates_of_the_story(in_saran: Municipality) -> None:
    filled(in_saran)
    vote = Vote.objects.get(counted_at__isnull=False)
    assert AuditEntry.objects.get(action="vote_counted").at == vote.counted_at


def test_what_people_said_in_it_is_understood(in_saran: Municipality) -> None:
    """What the worker of analyses adds after the start: themes as they are found, named by the team, and a synthesis."""
    filled(in_saran)
    compose_a_synthesis()
    compose_a_synthesis()
    topics = Topic.objects.filter(challenge__slug="ecologie")
    assert {each.name for each in topics} == {
        "De l’ombre et des arbres",
        "L’eau de pluie",
        "Insectes, oiseaux, hérissons",
    }
    assert NearPair.objects.count() == 1
    synthesis = SynthesisVersion.objects.get()
    assert [len(part["slots"]) for part in synthesis.parts] == [4, 4, 4], "of every kind in each theme"
    groups = AnalysisRun.objects.get(kind=RunKind.GROUPS).result
    assert groups is not None
    assert groups["whole"]["shown"] == "groups"
