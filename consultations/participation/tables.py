"""What the database must know of participation (common.tables)."""

from common.tables import ALL, in_database
from consultations.participation.models import Draft, Picture, ProposalViews, Reaction

in_database(Draft, quiet=ALL)
in_database(Picture, quiet=ALL)  # its address bears its digest
in_database(ProposalViews, quiet=ALL)
in_database(Reaction, quiet="asked")  # that somebody was asked again why, and nothing else of their reaction
