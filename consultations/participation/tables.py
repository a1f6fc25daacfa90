"""What the database must know of participation (common.tables)."""

from common.tables import ALL, NEW, in_database
from consultations.participation.models import (
    COUNT_OF_REACTION,
    COUNT_OF_STANCE,
    CURRENT_COUNT_OF_REACTION,
    Argument,
    Draft,
    Follow,
    Picture,
    Proposal,
    ProposalVersion,
    ProposalViews,
    Reaction,
    Reply,
    SavedView,
    Sheet,
    SheetPiece,
    UsefulMark,
)

in_database(Draft, quiet=ALL)
in_database(Picture, quiet=ALL)  # its address bears its digest
in_database(ProposalViews, quiet=ALL)
in_database(SavedView, quiet=ALL)
# What is there can be taken along in a city that only reads, too.
in_database(Sheet, quiet=ALL, always_written=ALL)
in_database(SheetPiece, quiet=ALL, always_written=ALL)
in_database(Follow, quiet=ALL)
# What many do on the same evening: others see it a second later. What is hidden, corrected or erased acts at once.
_COUNTS = " ".join([*COUNT_OF_REACTION.values(), *CURRENT_COUNT_OF_REACTION.values(), *COUNT_OF_STANCE.values()])
in_database(Proposal, soon=f"{NEW} {_COUNTS}")
in_database(ProposalVersion, soon=NEW)
in_database(Argument, soon=f"{NEW} useful_count reply_count")
in_database(Reply, soon=NEW)
in_database(UsefulMark, soon=ALL)
in_database(Reaction, quiet="asked", soon=ALL)  # that somebody was asked again why: no page says it
