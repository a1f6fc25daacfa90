"""Contributions as rows of a spreadsheet: what everybody reads of them, and of the others only where they are.

No e-mail address, no age, nobody's reactions: nothing that participants do not publish. What is hidden or waits has its
row with its state, without its words and without a name: a sheet travels.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.enums import Capacity
from common.city import present_city
from common.time_zones import named
from consultations.framing.models import Challenge
from consultations.participation.enums import OFFLINE, UNSEEN, Channel, ContributionKind, Stage, Stance, Status, Verdict
from consultations.participation.models import channel_of
from consultations.participation.selectors.contributions import (
    KINDS,
    STATES,
    TO_PROPOSAL,
    Sift,
    in_order,
    ordered,
)

_ROWS_AT_ONCE = 1000

# Its words, and the column of the list (selectors.columns) that it goes with; none where it is always there.
_HEAD = (
    (gettext_lazy("Number"), ""),
    (gettext_lazy("What"), ""),
    (gettext_lazy("Consultation"), "defi"),
    (gettext_lazy("Challenge"), "defi"),
    (gettext_lazy("Number of the proposal"), ""),
    (gettext_lazy("Title of the proposal"), ""),
    (gettext_lazy("Stance"), ""),
    (gettext_lazy("Text, or the solution"), ""),
    (gettext_lazy("The problem"), ""),
    (gettext_lazy("The benefit"), ""),
    (gettext_lazy("Public name"), "de"),
    (pgettext_lazy("of whoever wrote", "Capacity"), "de"),
    (gettext_lazy("Received on"), "recue"),
    (pgettext_lazy("of a text", "State"), "etat"),
    (gettext_lazy("Stage"), "etape"),
    (gettext_lazy("Answer of whoever proposed"), "reponse"),
    (gettext_lazy("I like it"), "avis"),
    (gettext_lazy("Mixed feelings"), "avis"),
    (gettext_lazy("I don’t like it"), "avis"),
    (gettext_lazy("Arguments for"), "avis"),
    (gettext_lazy("Arguments against"), "avis"),
    (gettext_lazy("Arguments to improve"), "avis"),
    (gettext_lazy("Times useful"), "avis"),
    (gettext_lazy("Replies"), "avis"),
    (gettext_lazy("Neighbourhood"), "quartier"),
    (gettext_lazy("How it came"), "canal"),
    (gettext_lazy("Address"), ""),
)

# Of every kind: its own columns, then those of its proposal.
_AUTHOR = ("imported_author", "author", "author__public_name", "author__capacity")
_OWN = ("pk", "status", "submitted_at", "import_ref", "came_by", *_AUTHOR)
_OF_PROPOSAL = ("pk", "title", "challenge", "stage", "neighbourhood")
_COUNTS = ("like_count", "mixed_count", "dislike_count", "for_count", "against_count", "improve_count")
_MORE: dict[str, tuple[str, ...]] = {
    ContributionKind.PROPOSAL: ("solution", "problem", "benefit", *_COUNTS),
    ContributionKind.ARGUMENT: ("text", "stance", "verdict", "useful_count", "reply_count"),
    ContributionKind.REPLY: ("text", "argument"),
}


def _kept(columns: Sequence[str]) -> list[int]:
    """Which of the head's: all, where no column is chosen."""
    return [place for place, (_words, key) in enumerate(_HEAD) if not columns or not key or key in columns]


def sheet_head(columns: Sequence[str] = ()) -> list[str]:
    """With the zone in which moments are told, where that is not Paris'."""
    heads = [named(words) if key == "recue" else str(words) for words, key in _HEAD]
    return [heads[place] for place in _kept(columns)]


def sheet_rows(sift: Sift, columns: Sequence[str] = ()) -> Iterator[list[Any]]:
    """In the order of the list, a thousand of each kind in memory at a time, by cursors of the database."""
    challenges = {each.pk: each for each in Challenge.objects.select_related("consultation").order_by("pk")}
    label = cache(_label)  # of this sheet, in its language
    city = present_city()
    site = city.url.rstrip("/") if city else ""
    kept = _kept(columns)
    with transaction.atomic():
        kinds = [_of_kind(kind, sift) for kind in KINDS]
        for _value, kind, _pk, row in in_order(sift, kinds, place=itemgetter(0, 1, 2)):
            cells = _cells(kind, row, challenges[row["challenge"]], label, site)
            yield [cells[place] for place in kept]


def _of_kind(kind: str, sift: Sift) -> Iterator[tuple[Any, str, int, dict[str, Any]]]:
    to, states = TO_PROPOSAL[ContributionKind(kind)], STATES[ContributionKind(kind)][1:]
    proposal = [f"{to}{name}" for name in _OF_PROPOSAL]
    asked = ["place", *_OWN, *_MORE[kind], *states, *proposal]
    names = ["place", *_OWN, *_MORE[kind], *states, "proposal", *_OF_PROPOSAL[1:]]
    for values in ordered(kind, sift).values_list(*asked).iterator(chunk_size=_ROWS_AT_ONCE):
        row = dict(zip(names, values, strict=True))
        row["is_seen"] = not any(row[state] in UNSEEN for state in ("status", *states))
        yield row["place"], kind, row["pk"], row


def _cells(kind: str, row: dict[str, Any], challenge: Challenge, label: Callable[..., str], site: str) -> list[Any]:
    seen, is_proposal = row["is_seen"], kind == ContributionKind.PROPOSAL
    hangs_on_hidden = _("Not to be seen: what it hangs on is hidden")
    return [
        row["pk"],
        label(ContributionKind, kind),
        challenge.consultation.title,
        challenge.label,
        row["proposal"],
        row["title"] if seen else "",
        label(Stance, row.get("stance")),
        row["solution" if is_proposal else "text"] if seen else "",
        row.get("problem", "") if seen else "",
        row.get("benefit", "") if seen else "",
        _author(row) if seen else "",
        label(Capacity, row["author__capacity"]) if seen else "",
        row["submitted_at"],
        label(Status, row["status"]) if seen or row["status"] in UNSEEN else hangs_on_hidden,
        label(Stage, row["stage"]),
        label(Verdict, row.get("verdict")),
        *(row.get(name, "") for name in (*_COUNTS, "useful_count", "reply_count")),
        row["neighbourhood"] if seen else "",
        label(Channel, channel_of(row["import_ref"], row["came_by"])),
        f"{site}{_path(kind, row)}" if seen else "",
    ]


def _label(choices: Any, code: str | None) -> str:
    return str(choices(code).label) if code else ""


def _author(row: dict[str, Any]) -> str:
    if row["author"] is not None:
        return row["author__public_name"] or _("A participant")
    if row["imported_author"]:
        return str(row["imported_author"])
    return _("A participant") if channel_of(row["import_ref"], row["came_by"]) in OFFLINE else _("A former participant")


def _path(kind: str, row: dict[str, Any]) -> str:
    """Of the page where it stands: the proposal's short one, or the argument's."""
    if kind == ContributionKind.PROPOSAL:
        return reverse("proposal_short", args=[row["pk"]])
    argument = row["pk"] if kind == ContributionKind.ARGUMENT else row["argument"]
    return reverse("argument", args=[row["proposal"], "-", argument])
