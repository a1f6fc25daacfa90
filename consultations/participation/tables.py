"""What the database must know of participation (common.tables)."""

from common.tables import ALL, in_database
from consultations.participation.models import Draft, Picture, ProposalViews, Reaction, SavedView, Sheet, SheetPiece

in_database(Draft, quiet=ALL)
in_database(Picture, quiet=ALL)  # its address bears its digest
in_database(ProposalViews, quiet=ALL)
in_database(SavedView, quiet=ALL)
# What is there can be taken along in a city that only reads, too.
in_database(Sheet, quiet=ALL, always_written=ALL)
in_database(SheetPiece, quiet=ALL, always_written=ALL)
in_database(Reaction, quiet="asked")  # that somebody was asked again why, and nothing else of their reaction
