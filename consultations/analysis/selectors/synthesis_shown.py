"""A synthesis as it is read: every sentence is looked up where it stands, at every reading.

What was hidden, removed or erased since is not found there, so it is in no page and no report from that moment; how
many sentences are gone is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure, spelled
from consultations.analysis.enums import Place
from consultations.analysis.models import Synthesis, SynthesisVersion, Topic
from consultations.analysis.selectors.synthesis_filling import Part
from consultations.analysis.selectors.synthesis_material import OTHERS, Material
from consultations.analysis.selectors.synthesis_ranking import Reactions, claim_of, reactions_in_words, reactions_of
from consultations.framing.models import Challenge, Consultation
from consultations.participation.enums import Stance, Status
from consultations.participation.models import Argument, Proposal, ProposalVersion


@dataclass(frozen=True)
class Quote:
    argument: Argument
    words: str


@dataclass(frozen=True)
class Sentence:
    """The title of a proposal, with what it rests on: the counts of the day, an argument for and one against."""

    place: str
    proposal: Proposal
    title: str
    likes: int
    mixed: int
    dislikes: int
    arguments: int
    pro: Quote | None
    con: Quote | None
    gone_pro: bool
    gone_con: bool
    are_of_origin: bool = False  # its reactions: of the site that it came from

    @property
    def label(self) -> str:
        return str(Place(self.place).label)

    @property
    def total(self) -> int:
        return self.likes + self.mixed + self.dislikes

    @property
    def bars(self) -> list[tuple[str, str, str]]:
        """Class, beginning and width of each part of the bar, in hundredths."""
        found, left = [], 0.0
        for name, count in (("full", self.likes), ("half", self.mixed), ("none", self.dislikes)):
            width = 100 * count / self.total if self.total else 0.0
            if width:
                found.append((name, f"{left:.2f}%", f"{width:.2f}%"))
            left += width
        return found

    @property
    def counts(self) -> str:
        """ "129 like it, 34 have mixed feelings, 21 do not like it"."""
        return reactions_in_words(Reactions(self.likes, self.mixed, self.dislikes, self.are_of_origin))


@dataclass(frozen=True)
class ShownPart:
    name: str
    proposals: int
    people: int
    text: str
    sentences: list[Sentence]


@dataclass(frozen=True)
class Shown:
    title: str
    intro: str
    parts: list[ShownPart]
    coverage: dict[str, Any]
    gone: int  # sentences that were taken out since
    gone_arguments: int
    number: int = 0
    published_at: datetime | None = None

    @property
    def sentences(self) -> list[Sentence]:
        return [each for part in self.parts for each in part.sentences]

    @property
    def trace(self) -> str:
        """ "version 3, one sentence taken out"."""
        parts = [_("version %(number)s") % {"number": figure(self.number)}]
        if self.gone:
            told = ngettext("one sentence taken out", "%(count)s sentences taken out", self.gone)
            parts.append(told % {"count": spelled(self.gone)})
        if self.gone_arguments:
            told = ngettext("one argument taken out", "%(count)s arguments taken out", self.gone_arguments)
            parts.append(told % {"count": spelled(self.gone_arguments)})
        return ", ".join(parts)


def frozen(material: Material, parts: list[Part]) -> list[dict[str, Any]]:
    """What is published of parts as they are composed: with the counts of now, without what is hidden there."""
    found = []
    for part in parts:
        slots = [
            _frozen_slot(material.proposals[slot["proposal"]], slot)
            for slot in part["slots"]
            if not slot["hidden"] and slot["proposal"] in material.proposals
        ]
        proposals = material.by_topic.get(part["topic"], [])
        if slots or part["text"]:
            found.append(
                {
                    "topic": part["topic"],
                    "name": material.given_name_of(part["topic"]),
                    "proposals": len(proposals),
                    "people": len(material.people_in(proposals)),
                    "text": part["text"],
                    "slots": slots,
                }
            )
    return found


def _frozen_slot(proposal: Proposal, slot: dict[str, Any]) -> dict[str, Any]:
    counts = reactions_of(proposal)
    return {
        "place": slot["place"],
        "proposal": proposal.pk,
        "version": proposal.version,
        "likes": counts.likes,
        "mixed": counts.mixed,
        "dislikes": counts.dislikes,
        **({"origin": True} if counts.are_of_origin else {}),
        "arguments": proposal.argument_count,
        "pro": slot["pro"],
        "con": slot["con"],
    }


def counts_of(material: Material) -> dict[str, int]:
    return {
        "proposals": len(material.proposals),
        "arguments": material.argument_count(material.proposals),
        "authors": len(material.people),
    }


@dataclass(frozen=True)
class _Texts:
    """What the places of one synthesis or several name and is still to be read; titles of versions that are past."""

    proposals: dict[int, Proposal]
    arguments: dict[int, Argument]
    titles: dict[tuple[int, int], str]
    topics: dict[int, Topic]

    def name_of(self, part: dict[str, Any], *, alone: bool) -> str:
        """The team's own words, as they were published; those of residents as the theme has them now."""
        if part["topic"] == OTHERS:
            return _("The proposals") if alone else _("Other proposals")
        topic = self.topics.get(part["topic"])
        return part["name"] or (topic.title if topic else _("Theme without a name"))


def _texts(parts: Iterable[dict[str, Any]]) -> _Texts:
    """Three queries, however much they quote; one more where a text has changed since."""
    parts = list(parts)
    slots = [slot for part in parts for slot in part["slots"]]
    found = Proposal.objects.published().filter(pk__in={slot["proposal"] for slot in slots})
    proposals = {each.pk: each for each in found.without_texts().select_related("author").order_by("pk")}
    topics = Topic.objects.filter(pk__in={part["topic"] for part in parts if not part["name"]}).select_related("into")
    by_key = {each.pk: each.into or each for each in topics.order_by("pk")}
    return _Texts(proposals, _arguments(slots), _titles(slots, proposals), by_key)


def shown(
    title: str,
    intro: str,
    parts: list[dict[str, Any]],
    coverage: dict[str, Any],
    *,
    number: int = 0,
    published_at: datetime | None = None,
    texts: _Texts | None = None,
) -> Shown:
    """`texts`: those of several, looked up together."""
    texts = texts or _texts(parts)
    gone, gone_arguments, made = 0, 0, []
    for part in parts:
        sentences = [
            _sentence(slot, texts.proposals[slot["proposal"]], texts)
            for slot in part["slots"]
            if slot["proposal"] in texts.proposals
        ]
        gone += len(part["slots"]) - len(sentences)
        gone_arguments += sum(each.gone_pro + each.gone_con for each in sentences)
        if sentences or part["text"]:
            name = texts.name_of(part, alone=len(parts) == 1)
            made.append(ShownPart(name, part["proposals"], part["people"], part["text"], sentences))
    return Shown(title, intro, made, coverage, gone, gone_arguments, number, published_at)


def shown_version(version: SynthesisVersion) -> Shown:
    return shown_versions([version])[0]


def shown_versions(versions: Sequence[SynthesisVersion]) -> list[Shown]:
    """As many queries for many as for one."""
    texts = _texts(part for version in versions for part in version.parts)
    return [
        shown(
            version.title,
            version.intro,
            version.parts,
            version.coverage,
            number=version.number,
            published_at=version.published_at,
            texts=texts,
        )
        for version in versions
    ]


def _arguments(slots: Iterable[dict[str, Any]]) -> dict[int, Argument]:
    wanted = [pk for slot in slots for pk in (slot["pro"], slot["con"]) if pk]
    found = Argument.objects.filter(pk__in=wanted, status=Status.PUBLISHED).select_related("author", "proposal")
    return {each.pk: each for each in found.order_by("pk")}


def _titles(slots: Iterable[dict[str, Any]], proposals: dict[int, Proposal]) -> dict[tuple[int, int], str]:
    """Of texts that have changed since: the title that was published, by proposal and version."""
    changed = {
        (slot["proposal"], slot["version"])
        for slot in slots
        if slot["proposal"] in proposals and proposals[slot["proposal"]].version != slot["version"]
    }
    if not changed:
        return {}
    found = ProposalVersion.objects.filter(proposal__in={pk for pk, _number in changed}).order_by("pk")
    rows = found.values_list("proposal_id", "number", "title")
    return {(pk, number): title for pk, number, title in rows if (pk, number) in changed}


def _sentence(slot: dict[str, Any], proposal: Proposal, texts: _Texts) -> Sentence:
    pro, con = (_quote(texts.arguments.get(slot[side]), proposal, stance) for side, stance in _SIDES)
    return Sentence(
        place=slot["place"],
        proposal=proposal,
        title=texts.titles.get((proposal.pk, slot["version"]), proposal.title),
        likes=slot["likes"],
        mixed=slot["mixed"],
        dislikes=slot["dislikes"],
        are_of_origin=slot.get("origin", False),
        arguments=slot["arguments"],
        pro=pro,
        con=con,
        gone_pro=bool(slot["pro"]) and pro is None,
        gone_con=bool(slot["con"]) and con is None,
    )


_SIDES = (("pro", Stance.FOR), ("con", Stance.AGAINST))


def _quote(argument: Argument | None, proposal: Proposal, stance: str) -> Quote | None:
    if argument is None or argument.proposal_id != proposal.pk or argument.stance != stance:
        return None
    return Quote(argument, claim_of(argument.text))


# ── Which there are ───────────────────────────────────────────────────────────


def published_of(challenge: Challenge) -> SynthesisVersion | None:
    current = _current(challenge)
    return SynthesisVersion.objects.filter(pk=current).first() if current else None


def _current(challenge: Challenge) -> int | None:
    found = Synthesis.objects.filter(challenge=challenge).order_by().values_list("current_id", flat=True)
    return found.first()


def versions_of(challenge: Challenge) -> list[SynthesisVersion]:
    """The newest first; none where none is published now."""
    if _current(challenge) is None:
        return []
    return list(SynthesisVersion.objects.filter(synthesis=challenge.pk).order_by("-number"))


def published_in(challenges: Iterable[Challenge]) -> dict[int, SynthesisVersion]:
    """By challenge. One query."""
    found = Synthesis.objects.filter(challenge__in=list(challenges), current__isnull=False).select_related("current")
    return {each.pk: each.current for each in found.order_by("pk") if each.current}


def published_in_consultation(consultation: Consultation) -> list[Challenge]:
    """The challenges of which everybody reads a synthesis, in their order. One query."""
    found = Challenge.objects.shown().filter(consultation=consultation, synthesis__current__isnull=False)
    return list(found.order_by("position", "pk"))


def is_published(challenge: Challenge) -> bool:
    """Whether everybody reads a synthesis of it. One query."""
    return Synthesis.objects.filter(challenge=challenge, current__isnull=False).exists()
