"""Corrections of themes: each holds after any run, in whatever order they come."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from common.refusals import Refusal
from consultations.analysis.enums import CorrectionKind
from consultations.analysis.models import Topic, TopicCorrection, TopicModel, TopicPlace
from consultations.analysis.selectors.topic_state import State
from consultations.analysis.selectors.topics import difference_of, overviews
from consultations.analysis.services.topics import (
    add_places,
    exclude_proposals,
    keep_model,
    merge_topics,
    move_proposals,
    pin_proposals,
    put_model_aside,
    rename_topic,
    split_topic,
    take_model,
    undo_correction,
)
from consultations.framing.models import Challenge
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, any_challenge

NOW = timezone.now()


def learnt(*labels: str) -> dict[str, Any]:
    return {"themes": [{"labels": [each], "words": {}} for each in labels], "rarity": {}}


def placed(challenge: Challenge, draw: random.Random, themes: int) -> dict[str, Any]:
    keys = challenge.proposals.order_by("pk").values_list("pk", flat=True)
    return {str(pk): [draw.choice([None, *range(themes)]), round(draw.random(), 4)] for pk in keys}


def run(challenge: Challenge, places: Mapping[str, Any], *labels: str, take: bool = True) -> None:
    """A run that finds this, and is taken."""
    keep_model(challenge=challenge, learnt=learnt(*labels), places=places, at=timezone.now())
    waiting = TopicModel.objects.filter(challenge=challenge, taken_at=None).first()
    if waiting and take:
        take_model(challenge=challenge, model=waiting.pk, actor=UserFactory(role="ADMINISTRATOR"), at=NOW)


@pytest.fixture
def challenge(in_saran: object) -> Challenge:
    return any_challenge()


@pytest.fixture
def staff(challenge: Challenge) -> User:
    return UserFactory(role="FACILITATOR")


@pytest.fixture
def twelve(challenge: Challenge) -> list[int]:
    said = "L’eau, l’eau de pluie, le vélo, la cantine, les arbres : tout."
    return [ProposalFactory(challenge=challenge, problem=said).pk for _number in range(12)]


def in_four(keys: list[int]) -> dict[str, Any]:
    return {str(pk): [place % 4, 0.5] for place, pk in enumerate(keys)}


def topics(challenge: Challenge) -> list[Topic]:
    return list(Topic.objects.filter(challenge=challenge, into=None).order_by("pk"))


def of(topic: Topic) -> set[int]:
    return set(TopicPlace.objects.filter(topic=topic).values_list("pk", flat=True))


def holds(correction: TopicCorrection, later: list[TopicCorrection]) -> bool:
    """What was decided is so, unless something decided later says otherwise."""
    about_same = [each for each in later if each.proposal_id and each.proposal_id == correction.proposal_id]
    match correction.kind:
        case CorrectionKind.RENAME:
            renamed = any(each.kind == CorrectionKind.RENAME and each.topic_id == correction.topic_id for each in later)
            return renamed or Topic.objects.get(pk=correction.topic_id).name == correction.name
        case CorrectionKind.MERGE:
            return not of(Topic.objects.get(pk=correction.topic_id))
        case CorrectionKind.SPLIT:
            return bool(Topic.objects.get(pk=correction.into_id).name)
        case CorrectionKind.EXCLUDE:
            return bool(about_same) or TopicPlace.objects.get(pk=correction.proposal_id).is_excluded
    target = Topic.objects.get(pk=correction.into_id)
    while target.into:
        target = target.into
    return bool(about_same) or TopicPlace.objects.get(pk=correction.proposal_id).topic == target


def correct_anything(challenge: Challenge, draw: random.Random, staff: User) -> None:
    there = topics(challenge)
    topic, other = draw.choice(there), draw.choice(there)
    ticked = draw.sample(sorted(of(topic)), min(2, len(of(topic))))
    said: dict[str, Any] = {"topic": topic, "actor": staff, "at": NOW}
    name = f"Nom {draw.randrange(10**6)}"
    corrections = list(TopicCorrection.objects.filter(undone_at=None))
    match draw.choice(["rename", "merge", "split", "move", "pin", "exclude", "undo"]):
        case "rename":
            rename_topic(**said, name=name, seen=said["topic"].title)
        case "merge" if len(there) > 2:
            merge_topics(**said, into=other)
        case "split":
            split_topic(**said, challenge=challenge, proposals=ticked, name=name)
        case "move":
            move_proposals(**said, challenge=challenge, proposals=ticked, into=other)
        case "pin":
            pin_proposals(**said, proposals=ticked)
        case "exclude":
            exclude_proposals(**said, challenge=challenge, proposals=ticked)
        case "undo" if corrections:
            undo_correction(correction=draw.choice(corrections), actor=staff, at=NOW)


@pytest.mark.parametrize("seed", range(6))
def test_all_corrections_hold_after_any_run(challenge: Challenge, staff: User, twelve: list[int], seed: int) -> None:
    draw = random.Random(seed)
    run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres")
    for _step in range(12):
        for _correction in range(draw.randrange(4)):
            try:
                correct_anything(challenge, draw, staff)
            except Refusal:
                continue
        if draw.random() < 0.4:
            ProposalFactory(challenge=challenge)
        themes = draw.randrange(1, 6)
        run(challenge, placed(challenge, draw, themes), *(f"mot {draw.random()}" for _theme in range(themes)))
        said = list(TopicCorrection.objects.filter(undone_at=None).order_by("pk"))
        assert [each for place, each in enumerate(said) if not holds(each, said[place + 1 :])] == []


def test_the_first_is_taken_at_once_and_the_next_waits(challenge: Challenge, staff: User, twelve: list[int]) -> None:
    run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres")
    assert [each.title for each in topics(challenge)] == ["Eau", "Vélo", "Cantine", "Arbres"]
    assert of(topics(challenge)[0]) == set(twelve[::4])
    keep_model(challenge=challenge, learnt=learnt("tout"), places={str(pk): [0, 0.5] for pk in twelve}, at=NOW)
    assert of(topics(challenge)[0]) == set(twelve[::4]), "nothing moves before it is read and taken"
    assert difference_of(challenge) is not None


def test_the_same_found_again_does_not_wait(challenge: Challenge, twelve: list[int]) -> None:
    for _time in range(2):
        run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres", take=False)
    assert difference_of(challenge) is None


def test_the_difference_says_what_comes_and_goes_with_corrections_made_meanwhile(
    challenge: Challenge, staff: User, twelve: list[int]
) -> None:
    run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres")
    water, bikes, *_others = topics(challenge)
    changed = in_four(twelve) | {str(twelve[0]): [1, 0.9], str(twelve[4]): [1, 0.9]}
    run(challenge, changed, "eau de pluie", "vélo", "cantine", "arbres", take=False)
    # While it waits, as while it was being made: it is not lost.
    pin_proposals(topic=water, proposals=[twelve[4]], actor=staff, at=NOW)
    rename_topic(topic=bikes, name="À vélo", seen=bikes.title, actor=staff, at=NOW)
    found = difference_of(challenge)
    assert found is not None
    assert (found.moved, found.corrections) == (1, 2)
    by_name = {each.before: each for each in found.changes}
    assert (by_name["À vélo"].after, by_name["À vélo"].comes, by_name["Eau"].goes) == (
        "À vélo",
        [twelve[0]],
        [twelve[0]],
    )
    assert by_name["Eau"].after == "Eau de pluie"
    take_model(challenge=challenge, model=found.model.pk, actor=staff, at=NOW)
    assert of(bikes) == {*twelve[1::4], twelve[0]}
    water.refresh_from_db()
    assert (water.title, of(water)) == ("Eau de pluie", {twelve[4], twelve[8]})
    assert difference_of(challenge) is None


def test_what_waits_is_put_aside_or_taken_once(challenge: Challenge, staff: User, twelve: list[int]) -> None:
    run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres")
    run(challenge, {str(pk): [0, 0.5] for pk in twelve}, "tout", take=False)
    model = TopicModel.objects.get(taken_at=None).pk
    put_model_aside(challenge=challenge, model=model, actor=staff)
    assert len(topics(challenge)) == 4
    for again in (
        lambda: put_model_aside(challenge=challenge, model=model, actor=staff),
        lambda: take_model(challenge=challenge, model=model, actor=staff, at=NOW),
    ):
        with pytest.raises(Refusal) as refused:
            again()
        assert refused.value.code == "no_themes_wait"


def test_a_new_text_is_added_and_nothing_else_moves(challenge: Challenge, twelve: list[int]) -> None:
    run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres")
    new, model = ProposalFactory(challenge=challenge).pk, TopicModel.objects.get()
    add_places(challenge=challenge, model=model.pk, places={str(new): [2, 0.4], str(twelve[0]): [3, 0.4]})
    assert of(topics(challenge)[2]) == {*twelve[2::4], new}
    assert of(topics(challenge)[0]) == set(twelve[::4])
    # Of a model that is no longer in force it says nothing.
    later = ProposalFactory(challenge=challenge).pk
    add_places(challenge=challenge, model=model.pk + 1, places={str(later): [2, 0.4]})
    assert not TopicPlace.objects.filter(pk=later).exists()


def test_what_is_refused(challenge: Challenge, staff: User, twelve: list[int]) -> None:
    run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres")
    water, bikes, food, trees = topics(challenge)
    said: dict[str, Any] = {"actor": staff, "at": NOW}
    refusals = {
        "topic_into_itself": lambda: merge_topics(topic=water, into=water, **said),
        "topic_name_taken": lambda: rename_topic(topic=water, name="VÉLO", seen=water.title, **said),
        "topic_renamed": lambda: rename_topic(topic=water, name="Autre", seen="Ce qu’il était", **said),
        "nothing_ticked": lambda: pin_proposals(topic=water, proposals=[twelve[1]], **said),
    }
    for code, refused_call in refusals.items():
        with pytest.raises(Refusal) as refused:
            refused_call()
        assert refused.value.code == code
    merge_topics(topic=water, into=bikes, **said)
    with pytest.raises(Refusal) as refused:
        rename_topic(topic=water, name="Autre", seen=water.title, **said)
    assert refused.value.code == "topic_gone"
    correction = TopicCorrection.objects.get()
    undo_correction(correction=correction, **said)
    with pytest.raises(Refusal) as refused:
        undo_correction(correction=correction, **said)
    assert refused.value.code == "correction_gone"
    assert of(water) == set(twelve[::4])
    assert not TopicCorrection.objects.filter(kind="RENAME").exists()
    assert {food.pk, trees.pk} <= {each.pk for each in topics(challenge)}


def test_an_overview_counts_what_is_to_be_read(challenge: Challenge, staff: User, twelve: list[int]) -> None:
    run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres")
    water, bikes, *_others = topics(challenge)
    challenge.proposals.filter(pk=twelve[0]).update(status=Status.HIDDEN)
    one = ArgumentFactory(proposal=Proposal.objects.get(pk=twelve[4]))
    ArgumentFactory(proposal=Proposal.objects.get(pk=twelve[8]), author=one.author)
    ArgumentFactory(proposal=Proposal.objects.get(pk=twelve[8]), status=Status.HIDDEN)
    exclude_proposals(challenge=challenge, topic=bikes, proposals=twelve[1:2], actor=staff, at=NOW)
    found = overviews([challenge])[challenge.pk]
    rows = {row.topic.pk: (row.proposals, row.arguments, row.person_count) for row in found.rows}
    assert rows[water.pk] == (2, 2, 3)
    assert rows[bikes.pk] == (2, 0, 2)
    assert (found.excluded, found.without) == (1, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=12))
def test_bringing_together_never_makes_a_ring(pairs: list[tuple[int, int]]) -> None:

    state = State()
    for topic, into in pairs:
        state.bring(topic, into)
    assert all(state.final(topic) not in state.into for topic in range(1, 6))


def test_where_no_run_finds_themes_they_are_made_by_hand(challenge: Challenge, staff: User, twelve: list[int]) -> None:
    said: dict[str, Any] = {"challenge": challenge, "topic": None, "actor": staff, "at": NOW}
    made = split_topic(**said, proposals=twelve[:3], name="Ombre et bancs")
    move_proposals(**said, proposals=twelve[2:5], into=made)
    exclude_proposals(**said, proposals=twelve[5:6])
    assert of(made) == {*twelve[:2], *twelve[2:5]}
    run(challenge, in_four(twelve), "eau", "vélo", "cantine", "arbres")
    assert of(made) == set(twelve[:5])
    assert TopicPlace.objects.get(pk=twelve[5]).is_excluded
    assert made.pk == topics(challenge)[0].pk
    move_proposals(**said, proposals=twelve[5:6], into=made)
    assert of(made) == set(twelve[:6])
