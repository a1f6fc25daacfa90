"""Themes of a challenge: what a run found is kept, what the team corrects holds after every run.

All of it locks the challenge first, and `settle` makes anew what pages read: the model in force, then the corrections.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.text import Words
from consultations.analysis.enums import CorrectionKind
from consultations.analysis.models import TOPIC_NAME_MAX, Topic, TopicCorrection, TopicModel, TopicPlace
from consultations.analysis.selectors.topic_state import State, same_topics, state_of
from consultations.analysis.selectors.topics import corrections_of, difference_of, places_of
from consultations.analysis.services.topic_labels import prune_labels
from consultations.analysis.services.topic_refusals import (
    CorrectionGone,
    NoThemesWait,
    NothingTicked,
    TopicGone,
    TopicIntoItself,
    TopicNameTaken,
    TopicRenamed,
)
from consultations.framing.models import Challenge
from consultations.framing.services.consultations import refuse_archived
from consultations.participation.models import Proposal

NAME = Words(2, TOPIC_NAME_MAX, one_line=True)


def lock(challenge: Challenge) -> Challenge:
    """As it is now. Raises ConsultationArchived."""
    locked = Challenge.objects.select_for_update(of=("self",), no_key=True).select_related("consultation")
    found = locked.get(pk=challenge.pk)
    refuse_archived(found.consultation)
    return found


# ── What a run found ──────────────────────────────────────────────────────────


def keep_model(*, challenge: Challenge, learnt: Mapping[str, Any], places: Mapping[str, Any], at: datetime) -> bool:
    """It waits to be read, in the place of one that waits. The first of a challenge that finds themes, with nothing to
    compare it with, is taken at once, and so is one by which no theme changes. Whether it waits.
    """
    with transaction.atomic():
        lock(challenge)
        taken = TopicModel.objects.filter(challenge=challenge, taken_at__isnull=False).first()
        TopicModel.objects.filter(challenge=challenge, taken_at=None).delete()
        if taken and (taken.learnt, taken.places) == (learnt, places):
            return False
        begins = taken is None or not taken.learnt["themes"]
        waiting = TopicModel.objects.create(challenge=challenge, learnt=learnt, places=places, made_at=at)
        difference = difference_of(challenge)
        if begins or (difference and not difference.changes_anything):
            _take(waiting, taken, actor=None, at=at)
            return False
    return True


def take_model(*, challenge: Challenge, model: int, actor: User, at: datetime) -> None:
    """Put in force what waits, as it was shown. Raises NoThemesWait, ConsultationArchived."""
    with transaction.atomic():
        lock(challenge)
        waiting = TopicModel.objects.filter(challenge=challenge, pk=model, taken_at=None).first()
        if waiting is None:
            raise NoThemesWait
        taken = TopicModel.objects.filter(challenge=challenge, taken_at__isnull=False).first()
        _take(waiting, taken, actor=actor, at=at)
        record("topics_taken", actor=actor, subject=challenge)


def put_model_aside(*, challenge: Challenge, model: int, actor: User) -> None:
    """What waits is not taken. Raises NoThemesWait, ConsultationArchived."""
    with transaction.atomic():
        lock(challenge)
        gone, _rows = TopicModel.objects.filter(challenge=challenge, pk=model, taken_at=None).delete()
        if not gone:
            raise NoThemesWait
        record("topics_put_aside", actor=actor, subject=challenge)


def _take(waiting: TopicModel, taken: TopicModel | None, *, actor: User | None, at: datetime) -> None:
    challenge = waiting.challenge
    topics = {each.pk: each for each in Topic.objects.filter(challenge=challenge)}
    numbers = {each.number: each.pk for each in topics.values() if each.number is not None}
    after = places_of(waiting)
    same = same_topics(
        places_of(taken) if taken else {}, numbers, after, corrected=_corrected(corrections_of(challenge))
    )
    Topic.objects.filter(challenge=challenge).update(number=None)
    for number, theme in enumerate(waiting.learnt["themes"]):
        labels = list(theme["labels"])
        if number in same:
            Topic.objects.filter(pk=same[number]).update(number=number, labels=labels)
        else:
            Topic.objects.create(challenge=challenge, number=number, labels=labels, created_at=at)
    if taken:
        taken.delete()
    waiting.taken_at, waiting.taken_by = at, actor
    waiting.save(update_fields=["taken_at", "taken_by"])
    settle(challenge)


def _corrected(corrections: Sequence[TopicCorrection]) -> Collection[int]:
    return {pk for each in corrections for pk in (each.topic_id, each.into_id) if pk is not None}


def add_places(*, challenge: Challenge, model: int, places: Mapping[str, Any]) -> None:
    """Of texts that came later, by the model in force; nothing else moves."""
    with transaction.atomic():
        lock(challenge)
        taken = TopicModel.objects.filter(challenge=challenge, pk=model, taken_at__isnull=False).first()
        if taken is None:
            return
        taken.places = {**places, **taken.places}
        taken.save(update_fields=["places"])
        settle(challenge)


def settle(challenge: Challenge) -> State:
    """What pages read, made of the model in force and of the corrections; only what differs is written."""
    taken = TopicModel.objects.filter(challenge=challenge, taken_at__isnull=False).first()
    topics = list(Topic.objects.filter(challenge=challenge).order_by("pk"))
    numbers = {each.number: each.pk for each in topics if each.number is not None}
    state = state_of(numbers, places_of(taken) if taken else {}, corrections_of(challenge))
    for topic in topics:
        name, into = state.names.get(topic.pk, ""), state.into.get(topic.pk)
        if (topic.name, topic.into_id) != (name, into):
            topic.name, topic.into_id = name, into
            topic.save(update_fields=["name", "into"])
    prune_labels(challenge.pk)
    there = set(Proposal.objects.filter(challenge=challenge).values_list("pk", flat=True))
    kept = {each.proposal_id: each for each in TopicPlace.objects.filter(proposal__challenge=challenge)}
    fresh: list[TopicPlace] = []
    changed: list[TopicPlace] = []
    for pk, placed in state.places.items():
        place = kept.pop(pk, None) or TopicPlace(proposal_id=pk)
        told = (place.topic_id, place.nearness, place.by_hand, place.is_excluded)
        now = (placed.topic, placed.nearness, placed.by_hand, placed.is_excluded)
        if pk not in there or (told == now and not place._state.adding):
            continue
        place.topic_id, place.nearness, place.by_hand, place.is_excluded = now
        (fresh if place._state.adding else changed).append(place)
    TopicPlace.objects.bulk_create(fresh, batch_size=1000)
    TopicPlace.objects.bulk_update(changed, ["topic", "nearness", "by_hand", "is_excluded"], batch_size=500)
    TopicPlace.objects.filter(pk__in=list(kept)).delete()
    return state


# ── What the team corrects ────────────────────────────────────────────────────


def rename_topic(*, topic: Topic, name: str, seen: str, actor: User | None, at: datetime) -> None:
    """What it is called, by who has `seen` its present name: what another gave it meanwhile is read first.

    Raises TopicRenamed, TopicGone, TopicNameTaken, TextTooShort, TextTooLong, ConsultationArchived.
    """
    name = NAME.cleaned(name)
    with transaction.atomic():
        now = _there(topic)
        if now.title == name:
            return
        if now.title != seen:
            raise TopicRenamed
        _free_name(now.challenge, name, but=now)
        _correct(now.challenge, CorrectionKind.RENAME, actor=actor, at=at, topic=now, name=name)


def merge_topics(*, topic: Topic, into: Topic, actor: User, at: datetime) -> None:
    """Its texts, and those that it gets later, are those of the other. Raises TopicGone, TopicIntoItself."""
    with transaction.atomic():
        now, other = _there(topic), _there(into, of=topic.challenge)
        if now == other:
            raise TopicIntoItself
        _correct(now.challenge, CorrectionKind.MERGE, actor=actor, at=at, topic=now, into=other)


def split_topic(
    *, challenge: Challenge, topic: Topic | None, proposals: Sequence[int], name: str, actor: User | None, at: datetime
) -> Topic:
    """A theme of its own for some texts of one, or for some that have none (here and below: `topic` None).

    Raises TopicGone, TopicNameTaken, NothingTicked, TextTooShort, TextTooLong, ConsultationArchived.
    """
    name = NAME.cleaned(name)
    with transaction.atomic():
        challenge, now = _from(challenge, topic)
        found = _ticked(challenge, now, proposals)
        _free_name(challenge, name)
        made = Topic.objects.create(challenge=challenge, created_at=at)
        TopicCorrection.objects.create(
            challenge=challenge,
            kind=CorrectionKind.SPLIT,
            topic=now,
            into=made,
            name=name,
            made_by=actor,
            made_at=at,
        )
        _correct_each(challenge, now, found, CorrectionKind.MOVE, into=made, actor=actor, at=at)
    return made


def move_proposals(
    *, challenge: Challenge, topic: Topic | None, proposals: Sequence[int], into: Topic, actor: User, at: datetime
) -> int:
    """Raises TopicGone, TopicIntoItself, NothingTicked, ConsultationArchived."""
    with transaction.atomic():
        challenge, now = _from(challenge, topic)
        other = _there(into, of=challenge)
        if now == other:
            raise TopicIntoItself
        found = _ticked(challenge, now, proposals)
        return _correct_each(challenge, now, found, CorrectionKind.MOVE, into=other, actor=actor, at=at)


def pin_proposals(*, topic: Topic, proposals: Sequence[int], actor: User, at: datetime) -> int:
    """They stay where they are, whatever a new run finds. Raises TopicGone, NothingTicked, ConsultationArchived."""
    with transaction.atomic():
        now = _there(topic)
        found = _ticked(now.challenge, now, proposals)
        return _correct_each(now.challenge, now, found, CorrectionKind.PIN, into=now, actor=actor, at=at)


def exclude_proposals(
    *, challenge: Challenge, topic: Topic | None, proposals: Sequence[int], actor: User, at: datetime
) -> int:
    """Left out of themes and syntheses. Raises TopicGone, NothingTicked, ConsultationArchived."""
    with transaction.atomic():
        challenge, now = _from(challenge, topic)
        found = _ticked(challenge, now, proposals)
        return _correct_each(challenge, now, found, CorrectionKind.EXCLUDE, into=None, actor=actor, at=at)


def undo_correction(*, correction: TopicCorrection, actor: User, at: datetime) -> None:
    """Raises CorrectionGone, ConsultationArchived."""
    with transaction.atomic():
        challenge = lock(correction.challenge)
        undone = TopicCorrection.objects.filter(pk=correction.pk, undone_at=None).update(undone_at=at)
        if not undone:
            raise CorrectionGone
        settle(challenge)
        record("topic_correction_undone", actor=actor, subject=challenge, correction=correction.pk)


def _there(topic: Topic, *, of: Challenge | None = None) -> Topic:
    challenge = lock(topic.challenge)
    found = Topic.objects.filter(pk=topic.pk, challenge=of or challenge, into=None).first()
    if found is None:
        raise TopicGone
    found.challenge = challenge
    return found


def _from(challenge: Challenge, topic: Topic | None) -> tuple[Challenge, Topic | None]:
    if topic is None:
        return lock(challenge), None
    now = _there(topic, of=challenge)
    return now.challenge, now


def _free_name(challenge: Challenge, name: str, *, but: Topic | None = None) -> None:
    others = Topic.objects.filter(challenge=challenge, into=None)
    seen = [each for each in others if each != but and (each.number is not None or each.name)]
    if any(each.title.casefold() == name.casefold() for each in seen):
        raise TopicNameTaken


def _ticked(challenge: Challenge, topic: Topic | None, proposals: Sequence[int]) -> list[int]:
    """Those of its own that were ticked: one that somebody moved meanwhile is theirs."""
    found = Proposal.objects.filter(challenge=challenge, topic_place__topic=topic, pk__in=proposals)
    keys = list(found.order_by("pk").values_list("pk", flat=True))
    if not keys:
        raise NothingTicked
    return keys


def _correct_each(
    challenge: Challenge,
    topic: Topic | None,
    proposals: Sequence[int],
    kind: CorrectionKind,
    *,
    into: Topic | None,
    actor: User | None,
    at: datetime,
) -> int:
    TopicCorrection.objects.bulk_create(
        TopicCorrection(
            challenge=challenge, kind=kind, topic=topic, into=into, proposal_id=pk, made_by=actor, made_at=at
        )
        for pk in proposals
    )
    settle(challenge)
    record("topic_corrected", actor=actor, subject=challenge, kind=str(kind), proposals=len(proposals))
    return len(proposals)


def _correct(challenge: Challenge, kind: CorrectionKind, *, actor: User | None, at: datetime, **said: Any) -> None:
    TopicCorrection.objects.create(challenge=challenge, kind=kind, made_by=actor, made_at=at, **said)
    settle(challenge)
    record("topic_corrected", actor=actor, subject=challenge, kind=str(kind))
