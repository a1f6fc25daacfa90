"""Versions and their differences."""

from common.differences import Piece, difference
from consultations.participation.models import ProposalVersion

PARTS = ("title", "solution", "problem", "benefit")


def version_difference(before: ProposalVersion, after: ProposalVersion) -> list[tuple[str, list[Piece]]]:
    return [
        (part, difference(getattr(before, part), getattr(after, part)))
        for part in PARTS
        if getattr(before, part) != getattr(after, part)
    ]
