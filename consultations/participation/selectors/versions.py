"""Versions, whom they thank, and their differences."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import signed_name
from common.differences import Piece, difference
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, ProposalVersion
from consultations.participation.selectors.credits import THANKED

PARTS = ("title", "solution", "problem", "benefit")

Changes = list[tuple[str, list[Piece]]]


def version_difference(before: ProposalVersion, after: ProposalVersion) -> Changes:
    return [
        (part, difference(getattr(before, part), getattr(after, part)))
        for part in PARTS
        if getattr(before, part) != getattr(after, part)
    ]


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side. `same`: one version was asked for twice."""

    before: ProposalVersion
    after: ProposalVersion
    changes: Changes

    @property
    def same(self) -> bool:
        return self.before.number == self.after.number


@dataclass(frozen=True)
class VersionHistory:
    """Every version of a proposal, the first one first; each with `thanks` (see `with_thanks`)."""

    proposal: Proposal
    versions: list[ProposalVersion]

    def compared(self, before: str, after: str) -> Comparison | None:
        """The difference of the versions of two numbers, in their order; where one of them is none, of the last two.

        None where there is but one version.
        """
        if len(self.versions) < 2:
            return None
        by_number = {str(version.number): version for version in self.versions}
        if before in by_number and after in by_number:
            pair = sorted([by_number[before], by_number[after]], key=lambda version: version.number)
        else:
            pair = self.versions[-2:]
        return Comparison(pair[0], pair[1], version_difference(*pair))


def version_history(pk: int) -> VersionHistory | None:
    """The versions of a proposal that may be read, in two queries."""
    proposal = (
        Proposal.objects.select_related("author", "challenge__consultation")
        .exclude(status__in=[Status.HIDDEN, Status.REMOVED])
        .defer("search")
        .filter(pk=pk)
        .first()
    )
    if proposal is None:
        return None
    return VersionHistory(proposal, with_thanks(proposal))


def with_thanks(proposal: Proposal, *, last: int | None = None) -> list[ProposalVersion]:
    """The versions (the `last` ones), the first one first, each with whose work it is. One query.

    `thanks` are the people whose arguments it took up: (name, address of the first such argument), once each, the
    most useful first. Nobody thanks themselves, and what is hidden is not named.
    """
    taken = (
        Argument.objects.filter(
            proposal=OuterRef("proposal"),
            taken_in=OuterRef("number"),
            status=Status.PUBLISHED,
            verdict__in=THANKED,
        )
        .order_by("-useful_count", "submitted_at", "pk")
        .values(
            said=JSONObject(
                pk="pk", author="author", name="author__public_name", role="author__role", imported="imported_author"
            ),
        )
    )
    versions: list[Any] = list(
        proposal.versions.select_related("made_by").annotate(taken=ArraySubquery(taken)).order_by("-number")[:last]
    )[::-1]
    for version in versions:
        authors = {proposal.author_id, version.made_by_id} - {None}
        version.thanks = _thanks(proposal, [said for said in version.taken if said["author"] not in authors])
    return versions


def _thanks(proposal: Proposal, taken: list[dict[str, Any]]) -> list[tuple[str, str]]:
    people: dict[object, tuple[str, str]] = {}
    for said in taken:
        name = signed_name(said["name"] or said["imported"] or _("A participant"), said["role"] or "")
        address = f"{proposal.get_absolute_url()}arguments/{said['pk']}/"
        people.setdefault(said["author"] or said["imported"], (name, address))
    return list(people.values())
