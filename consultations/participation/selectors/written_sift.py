"""What the list is asked for, written down: for a worker that looks later, and does not know the forms of the desk."""

from datetime import datetime
from typing import Any

from consultations.participation.registry import list_filters
from consultations.participation.selectors.contributions import Sift

_WORDS = ("words", "kind", "stage", "state", "capacity", "channel", "awaited", "sort")


def written_sift(sift: Sift) -> dict[str, Any]:
    """In JSON; of a list that nobody has chosen line by line. Who reads what is asked again when it is read."""
    return {name: getattr(sift, name) for name in _WORDS} | {
        "challenges": None if sift.challenges is None else list(sift.challenges),
        "spellings": None if sift.spellings is None else list(sift.spellings),
        "since": sift.since and sift.since.isoformat(),
        "until": sift.until and sift.until.isoformat(),
        "more": {each.name: value for each, value in sift.more},
    }


def read_sift(written: dict[str, Any], *, reads_in: frozenset[int]) -> Sift:
    more = written["more"]
    return Sift(
        **{name: written[name] for name in _WORDS},
        challenges=None if written["challenges"] is None else tuple(written["challenges"]),
        spellings=None if written["spellings"] is None else tuple(written["spellings"]),
        since=datetime.fromisoformat(written["since"]) if written["since"] else None,
        until=datetime.fromisoformat(written["until"]) if written["until"] else None,
        more=tuple((each, more[each.name]) for each in list_filters if each.name in more),
        reads_in=reads_in,
    )
