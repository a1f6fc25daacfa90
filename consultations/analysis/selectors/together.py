"""What a page says of a run of opinion groups: sentences that are true of it, and a picture without names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.templatetags.ui import figure, spelled
from consultations.analysis.models import AnalysisRun
from consultations.analysis.selectors.drawing import Area, Mark, areas, marks
from consultations.framing.models import Challenge, Consultation
from consultations.participation.models import Proposal

NEEDED = 30
FEWEST = 5

# Of what a run with no groups, or provisional ones, says: why.
_WHY_NONE = {
    "chance": gettext_lazy("Reactions go together no more than chance would have it."),
    "small_groups": gettext_lazy("However people are parted, one of the groups is under five persons."),
}
_WHY_PROVISIONAL = {
    "few_reactions": gettext_lazy("Half of the people reacted fewer than fifteen times."),
    "unstable": gettext_lazy("Where one proposal in five is left out, groups change."),
}


@dataclass(frozen=True)
class Share:
    letter: str
    value: int
    y: int  # in pixels: those near each other stand above and below the line


@dataclass(frozen=True)
class Row:
    """A proposal, and which share of each group likes it, in hundredths."""

    proposal: Proposal
    shares: list[Share]

    @property
    def lowest(self) -> int:
        return min(share.value for share in self.shares)

    @property
    def highest(self) -> int:
        return max(share.value for share in self.shares)


@dataclass(frozen=True)
class Particular:
    proposal: Proposal
    here: int
    elsewhere: int


@dataclass(frozen=True)
class Group:
    letter: str
    people: int
    more: list[Particular]
    less: list[Particular]


@dataclass(frozen=True)
class Part:
    """Of a consultation, or of one of its challenges; as it was on the day `told_at`."""

    challenge: Challenge | None
    shown: str
    reason: str
    placed: int
    reactions: int
    groups: list[Group]
    together: list[Row]
    parting: list[Row]
    marks: list[Mark]
    areas: list[Area]
    told_at: datetime

    @property
    def is_few(self) -> bool:
        """So few that not even how many is said."""
        return 0 < self.placed < FEWEST

    @property
    def letters(self) -> list[str]:
        return [group.letter for group in self.groups]

    @property
    def row_letters(self) -> list[str]:
        """Of the columns: with no groups, everybody together has one."""
        return self.letters or [""]

    @property
    def headline(self) -> str:
        """What is liked, in one sentence."""
        count = len(self.together)
        if not count:
            return _("What brings people together: it is too early to say")
        words = {"count": capfirst(spelled(count))}
        if self.shown == "none":
            return ngettext("One idea that most people like", "%(count)s ideas that most people like", count) % words
        if self.shown == "provisional":
            return (
                ngettext(
                    "One idea that seems to bring people together",
                    "%(count)s ideas that seem to bring people together",
                    count,
                )
                % words
            )
        return ngettext("One idea that all groups like", "%(count)s ideas that all groups like", count) % words

    @property
    def how_many_like(self) -> str:
        """In the group that likes the least liked of these ideas least: more than so many."""
        lowest = min(row.lowest for row in self.together)
        if lowest > 90:
            return _("more than nine people out of ten")
        if lowest > 75:
            return _("more than three people out of four")
        return _("more than two people out of three") if lowest > 67 else _("more than half of the people")

    @property
    def groups_title(self) -> str:
        return _("%(count)s ways of reacting") % {"count": capfirst(spelled(len(self.groups)))}

    @property
    def state_title(self) -> str:
        """Of groups that are not described here."""
        if self.shown == "provisional":
            return _("%(count)s groups, provisionally") % {"count": capfirst(spelled(len(self.groups)))}
        return self.groups_title if self.groups else _("No groups")

    @property
    def parting_title(self) -> str:
        count = len(self.parting)
        return ngettext(
            "One idea that people see differently", "%(count)s ideas that people see differently", count
        ) % {"count": capfirst(spelled(count))}

    @property
    def why(self) -> str:
        """Why no groups are shown, or why they are provisional."""
        if self.reason != "few_people":
            return str({**_WHY_NONE, **_WHY_PROVISIONAL}.get(self.reason, ""))
        if self.shown == "provisional":
            return _("About %(count)s people only.") % {"count": figure(self.placed)}
        if not self.placed:
            return _("Nobody has reacted enough yet.")
        if self.is_few:
            return _("Fewer than five people have reacted enough. It takes %(needed)s.") % {"needed": NEEDED}
        return _("About %(count)s people have reacted enough. It takes %(needed)s.") % {
            "count": figure(self.placed),
            "needed": NEEDED,
        }

    @property
    def in_words(self) -> str:
        """The picture, for whoever does not see it."""
        if not self.groups:
            return _("Signs spread without a group to be seen.")
        sizes = [
            _("%(letter)s, about %(count)s people") % {"letter": group.letter, "count": figure(group.people)}
            for group in self.groups
        ]
        return _("Groups: %(groups)s. They touch: many people are between two.") % {"groups": "; ".join(sizes)}


@dataclass(frozen=True)
class Together:
    whole: Part
    parts: list[Part]
    asked_at: datetime

    @property
    def last_told_at(self) -> datetime:
        return max(each.told_at for each in (self.whole, *self.parts))

    @property
    def is_as_before(self) -> bool:
        """Asked for later than anything that it tells: too few have changed what they said for it to be told anew."""
        return self.last_told_at < self.asked_at


def together(run: AnalysisRun, consultation: Consultation) -> Together:
    """Titles are those of today; what is no longer published is not spoken of, whatever the run says of it."""
    result = run.result or {}
    proposals = _proposals([result["whole"], *result["challenges"].values()])
    challenges = Challenge.objects.shown().filter(consultation=consultation).order_by("position", "pk")
    parts = result["challenges"]
    return Together(
        whole=_part(result["whole"], None, proposals, run),
        parts=[_part(parts[str(each.pk)], each, proposals, run) for each in challenges if str(each.pk) in parts],
        asked_at=run.asked_at,
    )


def part_of(run: AnalysisRun, challenge: Challenge) -> Part | None:
    """What it says of one challenge. One query."""
    told = (run.result or {}).get("challenges", {}).get(str(challenge.pk))
    return _part(told, challenge, _proposals([told]), run) if told else None


def published_run(consultation: Consultation, kind: str) -> AnalysisRun | None:
    return AnalysisRun.objects.filter(consultation=consultation, kind=kind, published_at__isnull=False).first()


def _proposals(parts: Iterable[dict[str, Any]]) -> dict[int, Proposal]:
    keys: set[int] = set()
    for part in parts:
        keys.update(row["proposal"] for row in (*part["together"], *part["parting"]))
        for group in part["groups"]:
            keys.update(row["proposal"] for row in (*group["more"], *group["less"]))
    found = Proposal.objects.published().without_texts().filter(pk__in=keys)
    return {proposal.pk: proposal for proposal in found.order_by("pk")}


def _part(told: dict[str, Any], challenge: Challenge | None, proposals: dict[int, Proposal], run: AnalysisRun) -> Part:
    letters = [group["letter"] for group in told["groups"]] or [""]
    sure = told["shown"] == "groups"
    big = challenge is None and sure
    return Part(
        challenge=challenge,
        shown=told["shown"],
        reason=told["reason"],
        placed=told["placed"],
        reactions=told["reactions"],
        groups=[_group(group, proposals, portrait=sure) for group in told["groups"]],
        together=_rows(told["together"], letters, proposals),
        parting=_rows(told["parting"], letters, proposals) if sure else [],
        marks=marks(told["points"], grouped=bool(told["groups"]), big=big),
        areas=areas(told["points"], letters) if big else [],
        told_at=datetime.fromisoformat(told["told_at"]) if "told_at" in told else run.ended_at or run.asked_at,
    )


def _rows(told: Iterable[dict[str, Any]], letters: list[str], proposals: dict[int, Proposal]) -> list[Row]:
    return [
        Row(proposals[row["proposal"]], _apart(letters, row["shares"])) for row in told if row["proposal"] in proposals
    ]


def _apart(letters: list[str], values: list[int]) -> list[Share]:
    """Those nearer than four hundredths to another go above and below the line in turn."""
    heights = (9, 21, 15)
    near = [
        any(abs(value - other) < 4 for place, other in enumerate(values) if place != me)
        for me, value in enumerate(values)
    ]
    turn = iter(heights * len(values))
    return [
        Share(letter, value, next(turn) if close else 15)
        for letter, value, close in zip(letters, values, near, strict=True)
    ]


def _group(told: dict[str, Any], proposals: dict[int, Proposal], *, portrait: bool) -> Group:
    def particulars(key: str) -> list[Particular]:
        return [
            Particular(proposals[row["proposal"]], row["here"], row["elsewhere"])
            for row in told[key]
            if portrait and row["proposal"] in proposals
        ]

    return Group(told["letter"], told["people"], particulars("more"), particulars("less"))
