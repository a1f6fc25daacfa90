"""The demonstration city: one consultation goes on, one is in the archives, one is being prepared."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from common.outbox import messages_of, send_event
from consultations.analysis.enums import RunKind
from consultations.analysis.models import AnalysisRun, NearPair, SynthesisVersion, Topic
from consultations.framing.enums import ConsultationState, PhaseKind
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import every_consultation
from consultations.outcomes.enums import ACCEPTED, Decision, ProjectState
from consultations.outcomes.models import Project
from consultations.participation.counts import recount
from consultations.participation.models import Argument, Proposal
from consultations.portal import demo
from consultations.portal.demo.synthesis import compose_a_synthesis
from consultations.voting.events import vote_counted
from consultations.voting.models import Tally, Vote
from consultations.voting.selectors.result import result_of
from tenants.keys.services import KeyDestroyed, key_of
from tenants.models import Municipality
from tests.framing.test_several import not_opened


def test_what_is_dated_by_days_names_no_month_or_season() -> None:
    """It is told so many days before today, whatever the day."""
    words = (Path(demo.__file__).parent / "outcomes.toml").read_text(encoding="utf-8").lower()
    months = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    assert re.findall(rf"\b(?:{months}|hivers?|printemps|étés?|automnes?)\b", words) == []


def test_the_demonstration_has_one_of_each(in_saran: Municipality) -> None:
    not_opened(in_saran)
    at = timezone.now()
    assert demo.fill(municipality=in_saran, at=at)
    assert not demo.fill(municipality=in_saran, at=at)
    states = {each.title: each.state(at) for each in every_consultation()}
    assert states == {
        "Le jour d’après": ConsultationState.OPEN,
        "Le parc de l’Étang": ConsultationState.ARCHIVED,
        "Budget des habitants 2027": ConsultationState.PREPARED,
    }
    past = Consultation.objects.get(title="Le parc de l’Étang")
    assert past.proposal_count == Proposal.objects.filter(challenge__consultation=past).count() == 9
    assert (
        Argument.objects.filter(proposal__challenge__consultation=past, submitted_at__gt=past.archived_at).count() == 0
    )
    assert not Challenge.objects.shown().filter(consultation__opened_at=None).exists()
    assert recount() == 0


def test_the_finished_one_had_a_vote_is_answered_and_became_projects(in_saran: Municipality) -> None:
    not_opened(in_saran)
    assert demo.fill(municipality=in_saran, at=timezone.now())
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


def test_what_people_said_in_it_is_understood(in_saran: Municipality) -> None:
    """What the worker of analyses adds after the start: themes as they are found, named by the team, and a synthesis."""
    assert demo.fill(municipality=in_saran, at=timezone.now())
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
