"""What the database must know of framing's tables (common.tables)."""

from common.tables import ALL, in_database
from consultations.framing.models import Challenge, Consultation, MarginComment, PreviewLink

# A city that only reads is told of an opening that could not take place there.
_PLANNED = "opening_planned_at opening_missed_at opening_missed_why"
in_database(Consultation, quiet=_PLANNED, soon="proposal_count argument_count", always_written=_PLANNED)
in_database(Challenge, soon="proposal_count argument_count")
in_database(MarginComment, quiet=ALL)  # no resident reads it
in_database(PreviewLink, quiet=ALL)
