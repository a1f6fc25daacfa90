"""Themes and near-duplicates as runs, and the desk that corrects them."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from common.models import OutboxMessage
from common.outbox import messages_of
from consultations.analysis.backoffice.topics import NoTopicChosen
from consultations.analysis.enums import RunKind, RunState
from consultations.analysis.models import AnalysisRun, NearPair, Topic, TopicCorrection, TopicModel, TopicPlace
from consultations.analysis.selectors.near_pairs import near_pairs
from consultations.analysis.services.running import ask_for_run, make_run
from consultations.analysis.services.themes import place_new
from consultations.analysis.services.topics import merge_topics, rename_topic
from consultations.framing.models import Challenge, Consultation
from consultations.participation.enums import Status
from consultations.participation.events import proposal_submitted
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.analysis.test_themes_found import documents
from tests.participation.factories import ProposalFactory
from tests.support.pages import says

NOW = timezone.now()


@pytest.fixture
def consultation(in_saran: object) -> Consultation:
    return Consultation.objects.get(is_current=True)


@pytest.fixture
def challenge(consultation: Consultation) -> Challenge:
    found = consultation.challenges.order_by("pk").first()
    assert found is not None
    return found


@pytest.fixture
def proposals(challenge: Challenge) -> list[Proposal]:
    """Of three subjects, twelve of each."""
    people = [UserFactory() for _number in range(9)]
    return [
        ProposalFactory(
            challenge=challenge,
            author=people[each.key % 9],
            title=each.title,
            solution=each.body,
            problem="",
            benefit="",
        )
        for each in documents()
    ]


def run(consultation: Consultation, kind: RunKind = RunKind.THEMES) -> None:
    made = ask_for_run(consultation=consultation, kind=kind, actor=None, at=NOW)
    make_run(run_id=made.pk)
    made.refresh_from_db()
    assert made.state == RunState.DONE


def test_a_run_finds_themes_by_challenge_and_a_second_changes_nothing(
    consultation: Consultation, challenge: Challenge, proposals: list[Proposal]
) -> None:
    run(consultation)
    topics = list(Topic.objects.all())
    assert {each.challenge for each in topics} == {challenge}
    assert len(topics) >= 3
    assert all(each.labels for each in topics)
    assert TopicPlace.objects.filter(topic__isnull=False).count() == 36
    run(consultation)
    assert not TopicModel.objects.filter(taken_at=None).exists()


def test_corrections_made_while_a_run_is_going_on_hold(
    consultation: Consultation, challenge: Challenge, proposals: list[Proposal]
) -> None:
    run(consultation)
    first, second, *_others = Topic.objects.order_by("pk")
    asked = ask_for_run(consultation=consultation, kind=RunKind.THEMES, actor=None, at=NOW)
    Proposal.objects.filter(pk__in=[each.pk for each in proposals[:8]]).update(status=Status.HIDDEN)
    staff = UserFactory(role=Role.FACILITATOR)
    rename_topic(topic=first, name="Le vélo en ville", seen=first.title, actor=staff, at=NOW)
    merge_topics(topic=second, into=first, actor=staff, at=NOW)
    make_run(run_id=asked.pk)
    first.refresh_from_db()
    assert first.title == "Le vélo en ville"
    assert not TopicPlace.objects.filter(topic=second).exists()
    assert TopicCorrection.objects.filter(undone_at=None).count() == 2


def test_what_is_written_later_gets_its_theme_by_itself_and_nothing_else_moves(
    consultation: Consultation, challenge: Challenge, proposals: list[Proposal]
) -> None:
    def sent() -> list[OutboxMessage]:
        return list(messages_of(place_new).order_by("due_at"))

    before_any = ProposalFactory(challenge=challenge)
    proposal_submitted.send(sender=None, proposal_id=before_any.pk)
    assert sent() == []  # no themes yet: a run finds them
    before_any.delete()
    run(consultation)
    placed = dict(TopicPlace.objects.values_list("pk", "topic"))
    like = proposals[0]
    new = ProposalFactory(challenge=challenge, title=like.title, solution=like.solution, problem="", benefit="")
    for _again in range(3):
        proposal_submitted.send(sender=None, proposal_id=new.pk)
    first, second = sent()
    assert first.due_at > timezone.now()
    place_new(**first.payload)
    place_new(**second.payload)
    assert dict(TopicPlace.objects.values_list("pk", "topic")) == placed | {new.pk: placed[like.pk]}


def test_nearly_the_same_proposals_are_found_in_the_whole_consultation(
    consultation: Consultation, proposals: list[Proposal]
) -> None:
    Proposal.objects.exclude(pk=proposals[0].pk).delete()
    other = consultation.challenges.order_by("-pk")[0]
    again = ProposalFactory(challenge=other, solution=f"{proposals[0].solution} Merci.", problem="", benefit="")
    ProposalFactory(challenge=other, solution=proposals[0].solution, status=Status.HIDDEN)
    run(consultation, RunKind.DUPLICATES)
    (pair,) = NearPair.objects.all()
    assert (pair.one_id, pair.other_id) == (proposals[0].pk, again.pk)
    assert pair.score > 0.9


def test_what_says_nearly_the_same_is_suggested_where_it_is_brought_together(
    consultation: Consultation, proposals: list[Proposal]
) -> None:
    again = ProposalFactory(challenge=proposals[0].challenge, solution=f"{proposals[0].solution} Merci.", problem="")
    NearPair.objects.create(consultation=consultation, one=proposals[0], other=again, score=0.9)
    NearPair.objects.create(consultation=consultation, one=proposals[1], other=again, score=0.8)
    assert near_pairs(consultation) == [(proposals[0], again)], "each once, the nearest first"
    Proposal.objects.filter(pk=again.pk).update(status=Status.HIDDEN)
    assert near_pairs(consultation) == []


# ── The desk ──────────────────────────────────────────────────────────────────


@pytest.fixture
def desk(consultation: Consultation, saran: Municipality, visit: Any, proposals: list[Proposal]) -> Client:
    run(consultation)
    found: Client = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    return found


def page(consultation: Consultation, topic: Topic | None = None) -> str:
    base = f"/gestion/consultations/{consultation.slug}/themes/"
    return f"{base}{topic.challenge.slug}/{topic.pk}/" if topic else base


def test_the_desk_lists_themes_with_their_counts(desk: Client, consultation: Consultation) -> None:
    topic = Topic.objects.order_by("pk")[0]
    answer = desk.get(page(consultation))
    assert topic.title in answer.content.decode()
    assert f"/{topic.pk}/" in answer.content.decode()
    assert Proposal.objects.filter(topic_place__topic=topic)[0].title in desk.get(
        page(consultation, topic)
    ).content.decode().replace("&#x27;", "'")


def test_the_page_of_themes_asks_for_an_analysis_and_says_how_far_it_is(
    desk: Client, consultation: Consultation
) -> None:
    start = f"/gestion/consultations/{consultation.slug}/analyses/themes/lancer/"
    assert start in desk.get(page(consultation)).content.decode()
    assert desk.post(start)["Location"] == page(consultation)
    asked = AnalysisRun.objects.filter(state=RunState.ASKED).order_by("kind")
    assert [each.kind for each in asked] == [RunKind.DUPLICATES, RunKind.THEMES]
    assert "analyses/themes/annuler/" in desk.get(page(consultation)).content.decode()


def test_each_correction_is_an_ordinary_form(desk: Client, consultation: Consultation) -> None:
    first, second, *_others = Topic.objects.order_by("pk")
    where = f"{page(consultation, first)}corriger/"
    keys = list(TopicPlace.objects.filter(topic=first).order_by("pk").values_list("pk", flat=True))
    assert desk.post(where, {"do": "rename", "name": "Eau et jardins", "seen": first.title}).status_code == 302
    assert desk.post(where, {"do": "move", "choix": keys[:1], "vers": second.pk}).status_code == 302
    assert desk.post(where, {"do": "apart", "choix": keys[1:3], "name": "À part"}).status_code == 302
    assert desk.post(where, {"do": "pin", "choix": keys[3:4]}).status_code == 302
    assert desk.post(where, {"do": "exclude", "choix": keys[4:5]}).status_code == 302
    assert desk.post(where, {"do": "merge", "dans": second.pk}).status_code == 302
    said = {place.pk: place for place in TopicPlace.objects.select_related("topic").filter(pk__in=keys)}
    assert [said[keys[place]].topic for place in (0, 3)] == [second, second]
    assert {str(said[key].topic) for key in keys[1:3]} == {"À part"}
    assert said[keys[4]].is_excluded
    merge = TopicCorrection.objects.get(kind="MERGE")
    undo = f"/gestion/consultations/{consultation.slug}/themes/{first.challenge.slug}/corrections/{merge.pk}/annuler/"
    assert desk.post(undo).status_code == 302
    assert Topic.objects.get(pk=first.pk).into is None
    assert "Eau et jardins" in desk.get(page(consultation)).content.decode()


def test_what_is_refused_is_said_and_nothing_typed_is_lost(desk: Client, consultation: Consultation) -> None:
    first, second, *_others = Topic.objects.order_by("pk")
    where = f"{page(consultation, first)}corriger/"
    key = TopicPlace.objects.filter(topic=first).order_by("pk")[0].pk
    taken = desk.post(where, {"do": "rename", "name": second.title, "seen": first.title})
    assert (taken.status_code, second.title in taken.content.decode()) == (422, True)
    assert "porte ce nom" in taken.content.decode()
    nowhere = desk.post(where, {"do": "merge", "dans": 987_654})
    assert (nowhere.status_code, says(nowhere, NoTopicChosen)) == (422, True)
    short = desk.post(where, {"do": "apart", "name": "", "choix": [key]})
    assert short.status_code == 422
    assert f'value="{key}" checked' in short.content.decode()
    nothing = desk.post(where, {"do": "pin"})
    assert "Cochez au moins une proposition" in nothing.content.decode()
    assert desk.post(where, {"do": "move", "choix": [key], "vers": "x"}).status_code == 422
    assert desk.post(where, {"do": "melt"}).status_code == 404
    assert not TopicCorrection.objects.exists()


def test_the_difference_is_shown_before_it_is_taken(
    desk: Client, consultation: Consultation, challenge: Challenge, proposals: list[Proposal]
) -> None:
    Proposal.objects.filter(pk__in=[each.pk for each in proposals[:8]]).update(status=Status.HIDDEN)
    run(consultation)
    there = f"{page(consultation)}{challenge.slug}/nouveaux/"
    assert there in desk.get(page(consultation)).content.decode()
    waiting = TopicModel.objects.get(taken_at=None)
    assert f'name="model" value="{waiting.pk}"' in desk.get(there).content.decode()
    assert desk.post(f"{there}choisir/", {"do": "take", "model": waiting.pk}).status_code == 302
    assert TopicModel.objects.get().pk == waiting.pk
    # Pressed twice it says so, and nothing more.
    again = desk.post(f"{there}choisir/", {"do": "take", "model": waiting.pk}, follow=True)
    assert "n’attendent plus" in again.content.decode()
    assert "Rien n’attend" in desk.get(there).content.decode()


def test_who_only_observes_reads_and_corrects_nothing(
    desk: Client, saran: Municipality, consultation: Consultation, visit: Any
) -> None:
    topic = Topic.objects.order_by("pk")[0]
    observer = visit(saran, UserFactory(role=Role.OBSERVER), stays=True)
    read = observer.get(page(consultation, topic))
    assert (read.status_code, "corriger/" in read.content.decode()) == (200, False)
    assert observer.post(f"{page(consultation, topic)}corriger/", {"do": "rename", "name": "Autre"}).status_code == 404
