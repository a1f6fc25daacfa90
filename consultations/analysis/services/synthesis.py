"""Composing the synthesis of a challenge, and publishing it.

All of it locks the challenge first. What is saved says which revision it is made of: of two people at once the second
is shown what the first has saved, and nothing is overwritten in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.text import Words
from consultations.analysis.models import (
    INTRO_MAX,
    LINK_TEXT_MAX,
    SYNTHESIS_TITLE_MAX,
    Synthesis,
    SynthesisVersion,
)
from consultations.analysis.selectors.synthesis_coverage import coverage_of
from consultations.analysis.selectors.synthesis_filling import (
    Part,
    Slot,
    choices_for,
    filled,
    filled_part,
    visible,
    with_arguments,
)
from consultations.analysis.selectors.synthesis_material import (
    Material,
    arguments_to_choose,
    material_of,
    quoted_people,
)
from consultations.analysis.selectors.synthesis_shown import counts_of, frozen
from consultations.analysis.services.synthesis_refusals import NothingToCompose, NothingToSay, QuotedTooOften
from consultations.analysis.services.topics import lock
from consultations.framing.models import Challenge
from consultations.participation.enums import Stance

TITLE = Words(0, SYNTHESIS_TITLE_MAX, one_line=True)
INTRO = Words(0, INTRO_MAX)
LINK_TEXT = Words(0, LINK_TEXT_MAX)


@dataclass(frozen=True)
class Chosen:
    """What was chosen for a place: a proposal, and an argument of each side or none."""

    proposal: int
    pro: int | None
    con: int | None


@dataclass(frozen=True)
class Sent:
    """What the form says: the city's words, by theme; what was chosen, by place; and the button that was pressed."""

    title: str = ""
    intro: str = ""
    texts: Mapping[int, str] = field(default_factory=dict)
    chosen: Mapping[int, Chosen] = field(default_factory=dict)
    do: str = ""
    on: int = 0


def begin_synthesis(*, challenge: Challenge, actor: User | None, at: datetime) -> Synthesis:
    """With what the machine proposes. One that was begun is left as it is. Raises NothingToCompose."""
    with transaction.atomic():
        locked = lock(challenge)
        found = Synthesis.objects.filter(challenge=locked).first()
        if found is not None:
            return found
        material = material_of(locked)
        if not material.proposals:
            raise NothingToCompose
        made = Synthesis.objects.create(challenge=locked, parts=filled(material), updated_at=at, updated_by=actor)
        record("synthesis_begun", actor=actor, subject=challenge)
    return made


def save_synthesis(*, challenge: Challenge, sent: Sent, revision: int, actor: User | None, at: datetime) -> Synthesis:
    """Keep what was typed and chosen, and do what the button says. The same again changes nothing.

    Raises ConsultationArchived, TextTooLong, ChangedMeanwhile where `revision` is not the one kept.
    """
    title, intro = TITLE.cleaned(sent.title, optional=True), INTRO.cleaned(sent.intro, optional=True)
    texts = {topic: LINK_TEXT.cleaned(text, optional=True) for topic, text in sent.texts.items()}
    with transaction.atomic():
        locked = lock(challenge)
        kept = Synthesis.objects.get(challenge=locked)
        if kept.revision != revision:
            raise ChangedMeanwhile(kept)
        before = (kept.title, kept.intro, kept.parts)
        material = material_of(locked)
        parts = _chosen(material, kept.parts, texts, sent.chosen)
        _ACTS.get(sent.do, _nothing)(material, parts, sent.on)
        if before == (title, intro, parts):
            return kept
        # A title that stays is not written: no page is thrown away for the rest (tables).
        changed = ["intro", "parts", *(["title"] if title != kept.title else [])]
        kept.title, kept.intro, kept.parts = title, intro, parts
        kept.updated_at, kept.updated_by = at, actor
        kept.revision += 1
        kept.save(update_fields=[*changed, "updated_at", "updated_by", "revision"])
    return kept


def _chosen(
    material: Material, parts: list[Part], texts: Mapping[int, str], chosen: Mapping[int, Chosen]
) -> list[Part]:
    """What is not to be had any more, or was never, stays as it was."""
    changed = []
    for part in parts:
        slots = []
        for slot in part["slots"]:
            said = chosen.get(slot["key"])
            slots.append(_slot(material, parts, part["topic"], slot, said) if said else dict(slot))
        changed.append({**part, "text": texts.get(part["topic"], part["text"]), "slots": slots})
    return changed


def _slot(material: Material, parts: list[Part], topic: int, slot: Slot, said: Chosen) -> Slot:
    if said.proposal != slot["proposal"] and said.proposal in material.by_topic.get(topic, ()):
        # Another proposal has other arguments: the best of them, to begin with.
        return _replaced(material, parts, slot, said.proposal)
    mine = {each.pk: each.stance for each in material.arguments.get(slot["proposal"], ())}
    pro = said.pro if said.pro is None or mine.get(said.pro) == Stance.FOR else slot["pro"]
    con = said.con if said.con is None or mine.get(said.con) == Stance.AGAINST else slot["con"]
    return {**slot, "pro": pro, "con": con}


def _replaced(material: Material, parts: list[Part], slot: Slot, proposal: int) -> Slot:
    new = {**slot, "proposal": proposal, "pro": None, "con": None}
    others = [each for each in visible(parts) if each["key"] != slot["key"]]
    quoted = quoted_people(material, [*others, new])
    return with_arguments(new, arguments_to_choose(material, [proposal]), quoted=quoted)


# ── What a button does ────────────────────────────────────────────────────────


def _find(parts: list[Part], key: int) -> tuple[list[Slot], int, Part] | None:
    for part in parts:
        for place, slot in enumerate(part["slots"]):
            if slot["key"] == key:
                return part["slots"], place, part
    return None


def _nothing(material: Material, parts: list[Part], on: int) -> None:
    return None


def _up(material: Material, parts: list[Part], on: int) -> None:
    _swap(parts, on, -1)


def _down(material: Material, parts: list[Part], on: int) -> None:
    _swap(parts, on, 1)


def _swap(parts: list[Part], key: int, step: int) -> None:
    if (found := _find(parts, key)) and 0 <= found[1] + step < len(found[0]):
        slots, place, _part = found
        slots[place], slots[place + step] = slots[place + step], slots[place]


def _next(material: Material, parts: list[Part], on: int) -> None:
    """The possibility after the one that stands there, of those that stand nowhere else."""
    if found := _find(parts, on):
        slots, place, part = found
        slot = slots[place]
        choices = choices_for(material, part, slot)
        if len(choices) > 1:
            following = choices[(choices.index(slot["proposal"]) + 1) % len(choices)]
            slots[place] = _replaced(material, parts, slot, following)


def _hide(material: Material, parts: list[Part], on: int) -> None:
    if found := _find(parts, on):
        found[0][found[1]]["hidden"] = True


def _show(material: Material, parts: list[Part], on: int) -> None:
    if found := _find(parts, on):
        found[0][found[1]]["hidden"] = False


def _add(material: Material, parts: list[Part], on: int) -> None:
    """A theme of which nothing is said: at the end, with what the machine proposes."""
    if on not in material.by_topic:
        return
    first = max((slot["key"] for part in parts for slot in part["slots"]), default=0) + 1
    made = filled_part(material, on, quoted=quoted_people(material, visible(parts)), first_key=first)
    same = next((part for part in parts if part["topic"] == on), None)
    if same is None:
        parts.append(made)
    elif not visible([same]):
        same["slots"] += made["slots"]


def _part_up(material: Material, parts: list[Part], on: int) -> None:
    place = next((place for place, part in enumerate(parts) if part["topic"] == on), 0)
    if place:
        parts[place - 1], parts[place] = parts[place], parts[place - 1]


def _part_down(material: Material, parts: list[Part], on: int) -> None:
    place = next((place for place, part in enumerate(parts) if part["topic"] == on), len(parts))
    if place < len(parts) - 1:
        parts[place + 1], parts[place] = parts[place], parts[place + 1]


_ACTS = {
    "up": _up,
    "down": _down,
    "next": _next,
    "hide": _hide,
    "show": _show,
    "add": _add,
    "part-up": _part_up,
    "part-down": _part_down,
}


# ── Publishing ────────────────────────────────────────────────────────────────


def publish_synthesis(*, challenge: Challenge, revision: int, after: int, actor: User | None, at: datetime) -> int:
    """As it was read again: the number of the version. `after`: that of the last one then; pressed twice it is once.

    Raises ConsultationArchived, NothingToSay, QuotedTooOften, ChangedMeanwhile.
    """
    with transaction.atomic():
        locked = lock(challenge)
        kept = Synthesis.objects.get(challenge=locked)
        last = kept.versions.order_by("-number").first()
        number = last.number if last else 0
        if kept.revision == revision and number == after + 1 and kept.current_id:
            return number
        if kept.revision != revision or number != after:
            raise ChangedMeanwhile(kept)
        material = material_of(locked)
        parts, coverage = frozen(material, kept.parts), coverage_of(material, kept.parts)
        if not any(part["slots"] for part in parts):
            raise NothingToSay
        if coverage.too_often:
            raise QuotedTooOften
        told = {**coverage.told(), **counts_of(material)}
        if last and kept.current_id and _same(last, kept, parts, told):
            return number
        kept.current = SynthesisVersion.objects.create(
            synthesis=kept,
            number=number + 1,
            title=kept.title,
            intro=kept.intro,
            parts=parts,
            coverage=told,
            published_at=at,
            published_by=actor,
        )
        kept.save(update_fields=["current"])
        record("synthesis_published", actor=actor, subject=challenge, number=number + 1)
    return number + 1


def _same(last: SynthesisVersion, kept: Synthesis, parts: list[Part], coverage: dict[str, Any]) -> bool:
    """Published again it would say nothing else."""
    return (last.title, last.intro, last.parts, last.coverage) == (kept.title, kept.intro, parts, coverage)


def withdraw_synthesis(*, challenge: Challenge, actor: User, at: datetime) -> None:
    """Nobody but the team reads it any more. Again changes nothing."""
    with transaction.atomic():
        lock(challenge)
        if Synthesis.objects.filter(challenge=challenge, current__isnull=False).update(current=None):
            record("synthesis_withdrawn", actor=actor, subject=challenge)
