"""How long the texts of votes may be (common.text), and how many of what there may be."""

from common.text import Words
from consultations.voting.sealing import MOST_ITEMS as MOST_ITEMS

TITLE, INTRODUCTION = Words(5, 120, one_line=True), Words(10, 1000)
ITEM_TITLE, ITEM_TEXT = Words(5, 120, one_line=True), Words(10, 600)
WHY = Words(10, 600)
LEAST_ITEMS = 2
MOST_CODES = 50_000
# From so many ballots on, counts and ballots are published: below, somebody might be recognised by theirs.
PUBLISHED_FROM = 30


def are_enough(ballots: int) -> bool:
    """For one of them to be lost among the others."""
    return ballots >= PUBLISHED_FROM
