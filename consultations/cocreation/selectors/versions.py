"""Versions, whom they thank, and their differences."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import signed_name
from common.differences import Piece, difference
from common.text import whole_number
from consultations.participation.enums import Status, Verdict
from consultations.participation.models import Argument, Proposal, ProposalVersion
from consultations.participation.rules import PARTS

VERSIONS_A_PAGE = 20
THANKED = (Verdict.TAKEN, Verdict.PARTLY)

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
    """A page of a proposal's versions, the newest first, each with `thanks` (see `with_thanks`); two of them compared.

    `choices` are those that one can compare: of this page, the first one, and the two that are compared.
    """

    page: Page[ProposalVersion]
    comparison: Comparison | None
    choices: list[ProposalVersion]


def version_history(
    proposal: Proposal, *, page: int | str = "", read: str = "", before: str = "", after: str = ""
) -> VersionHistory:
    """The versions of a proposal: those of a page, else of the page on which the version `read` is.

    Compared are the versions of two numbers, in their order; where one of them is none, the last two.
    """
    versions = proposal.versions.order_by("-number")
    if not page and (number := whole_number(read)):
        page = -(-versions.filter(number__gte=number).count() // VERSIONS_A_PAGE)
    shown = Paginator(versions, VERSIONS_A_PAGE).get_page(page or 1)
    numbers = [version.number for version in shown]
    shown.object_list = with_thanks(proposal, numbers=numbers)[::-1]
    compared = _compared(versions, before, after)
    known = {version.number: version for version in shown}
    others = [1, *(version.number for version in compared or ())]
    known |= {version.number: version for version in versions.filter(number__in=set(others) - set(numbers))}
    choices = [known[number] for number in sorted(known, reverse=True)]
    comparison = Comparison(*compared, version_difference(*compared)) if compared else None
    return VersionHistory(shown, comparison, choices)


def _compared(
    versions: QuerySet[ProposalVersion], before: str, after: str
) -> tuple[ProposalVersion, ProposalVersion] | None:
    """None where there is but one version."""
    numbers = sorted((whole_number(before), whole_number(after)))
    wanted = {version.number: version for version in versions.filter(number__in=numbers)}
    if numbers[0] in wanted and numbers[1] in wanted:
        return wanted[numbers[0]], wanted[numbers[1]]
    last = list(versions[:2])
    return (last[1], last[0]) if len(last) == 2 else None


def with_thanks(
    proposal: Proposal, *, last: int | None = None, numbers: Iterable[int] | None = None
) -> list[ProposalVersion]:
    """The versions (the `last` ones, or those of `numbers`), the first first, each with whose work it is. One query.

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
    wanted = proposal.versions.all() if numbers is None else proposal.versions.filter(number__in=list(numbers))
    versions: list[Any] = list(
        wanted.select_related("made_by").annotate(taken=ArraySubquery(taken)).order_by("-number")[:last]
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
