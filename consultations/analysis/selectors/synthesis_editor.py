"""A synthesis as whoever composes it sees it: each place with its possibilities and their reasons, and the meter."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from consultations.analysis.enums import Place
from consultations.analysis.models import Synthesis
from consultations.analysis.selectors.synthesis_coverage import GOAL, Better, Coverage, better_of, coverage_of
from consultations.analysis.selectors.synthesis_filling import (
    QUOTED_MOST,
    Part,
    Slot,
    choices_for,
    visible,
)
from consultations.analysis.selectors.synthesis_material import (
    Material,
    Person,
    arguments_to_choose,
    quoted_people,
)
from consultations.analysis.selectors.synthesis_ranking import claim_of, reactions_in_words, reactions_of
from consultations.participation.enums import Stance
from consultations.participation.models import Argument, Proposal


@dataclass(frozen=True)
class Choice:
    pk: int
    words: str
    reason: str
    is_chosen: bool


@dataclass
class PlaceRow:
    key: int
    number: int
    label: str
    is_hidden: bool
    proposal: Proposal | None  # none: it is no longer to be read
    counts: str
    choices: list[Choice]
    pros: list[Choice]
    cons: list[Choice]
    is_first: bool = False
    is_last: bool = False
    quotes_too_often: bool = False

    @property
    def has_pro(self) -> bool:
        return any(each.is_chosen for each in self.pros)

    @property
    def has_con(self) -> bool:
        return any(each.is_chosen for each in self.cons)


@dataclass
class PartRow:
    topic: int
    name: str
    proposals: int
    people: int
    places: list[PlaceRow] = field(default_factory=list)
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True)
class Meter:
    """Who is heard, and what would have more people be heard."""

    coverage: Coverage
    missing: list[tuple[int, str]]
    too_often: list[PlaceRow]
    better: tuple[PlaceRow, str, int] | None
    goal: int = GOAL


@dataclass(frozen=True)
class Editor:
    parts: list[PartRow]
    meter: Meter


def editor_of(material: Material, synthesis: Synthesis, chosen: Mapping[int, Any] | None = None) -> Editor:
    """`chosen`: what a form says that was not kept, by place."""
    parts: list[Part] = synthesis.parts
    choices = {slot["key"]: choices_for(material, part, slot) for part in parts for slot in part["slots"]}
    coverage = coverage_of(material, parts)
    wanted = {pk for each in choices.values() for pk in each}
    arguments = arguments_to_choose(material, wanted)
    quoted = quoted_people(material, visible(parts))
    rows, number = [], 0
    for place, part in enumerate(parts):
        mine = material.by_topic.get(part["topic"], [])
        name, people = material.name_of(part["topic"]), len(material.people_in(mine))
        row = PartRow(part["topic"], name, len(mine), people, is_first=place == 0, is_last=place == len(parts) - 1)
        for slot in part["slots"]:
            number += 1
            made = _place(material, slot, choices[slot["key"]], arguments, quoted, chosen or {})
            made.number, made.quotes_too_often = number, slot["key"] in coverage.too_often
            row.places.append(made)
        if row.places:
            row.places[0].is_first = row.places[-1].is_last = True
        rows.append(row)
    return Editor(rows, _meter(material, coverage, rows, better_of(material, parts, choices)))


def _meter(material: Material, coverage: Coverage, rows: list[PartRow], better: Better | None) -> Meter:
    places = {place.key: place for row in rows for place in row.places}
    raised = None
    if better and coverage.share < GOAL:
        raised = (places[better.key], material.proposals[better.proposal].title, better.share)
    return Meter(
        coverage=coverage,
        missing=[(topic, material.name_of(topic)) for topic in coverage.missing],
        too_often=[places[key] for key in coverage.too_often],
        better=raised,
    )


def _place(
    material: Material,
    slot: Slot,
    choices: list[int],
    arguments: dict[tuple[int, str], list[Argument]],
    quoted: Counter[Person],
    chosen: Mapping[int, Any],
) -> PlaceRow:
    said = chosen.get(slot["key"])
    pk = said.proposal if said and said.proposal in choices else slot["proposal"]
    proposal = material.proposals.get(slot["proposal"])
    pro, con = (said.pro, said.con) if said else (slot["pro"], slot["con"])
    return PlaceRow(
        key=slot["key"],
        number=0,
        label=str(Place(slot["place"]).label),
        is_hidden=slot["hidden"],
        proposal=proposal,
        counts=counted(proposal) if proposal else "",
        choices=[
            Choice(each, material.proposals[each].title, _reason(material, slot, each, quoted), each == pk)
            for each in choices
        ],
        pros=_arguments(arguments.get((slot["proposal"], Stance.FOR), []), pro, quoted),
        cons=_arguments(arguments.get((slot["proposal"], Stance.AGAINST), []), con, quoted),
    )


def counted(proposal: Proposal) -> str:
    return reactions_in_words(reactions_of(proposal))


def _reason(material: Material, slot: Slot, pk: int, quoted: Counter[Person]) -> str:
    """Why it is among the possibilities, and what speaks against taking it."""
    proposal = material.proposals[pk]
    counts = reactions_of(proposal)
    total = counts.total
    if slot["place"] == Place.DISPUTED:
        told = _("%(likes)s like it, %(dislikes)s do not") % {
            "likes": figure(counts.likes),
            "dislikes": figure(counts.dislikes),
        }
    elif total:
        told = ngettext("%(likes)s of %(total)s likes it", "%(likes)s of %(total)s like it", counts.likes) % {
            "likes": figure(counts.likes),
            "total": figure(total),
        }
    else:
        told = _("nobody has reacted yet")
    notes = [told]
    place = getattr(proposal, "topic_place", None)
    if place and place.nearness and place.nearness == _nearest(material, place.topic_id):
        notes.append(_("the most typical of its theme"))
    if pk != slot["proposal"] and any(quoted[who] >= QUOTED_MOST for who in material.authors[pk]):
        notes.append(_("its author is quoted twice already"))
    return ", ".join(notes)


def _nearest(material: Material, topic: int | None) -> float:
    return max((each.nearness for each in material.candidates(topic or 0)), default=0.0)


def _arguments(arguments: list[Argument], chosen: int | None, quoted: Counter[Person]) -> list[Choice]:
    found = []
    for argument in arguments[:5]:
        useful = argument.useful_count + argument.imported_votes
        notes = [argument.author_name]
        if useful:
            notes.append(ngettext("useful for %(count)s", "useful for %(count)s", useful) % {"count": figure(useful)})
        who = argument.author_id or argument.imported_author
        if argument.pk != chosen and who and quoted[who] >= QUOTED_MOST:
            notes.append(_("quoted twice already"))
        found.append(Choice(argument.pk, claim_of(argument.text), ", ".join(notes), argument.pk == chosen))
    return found
