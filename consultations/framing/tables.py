"""What the database must know of framing's tables (common.tables)."""

from common.tables import ALL, in_database
from consultations.framing.models import Consultation, MarginComment, PreviewLink

# A city that only reads is told of an opening that could not take place there.
_PLANNED = "opening_planned_at opening_missed_at opening_missed_why"
in_database(Consultation, quiet=_PLANNED, always_written=_PLANNED)
in_database(MarginComment, quiet=ALL)  # no resident reads it
in_database(PreviewLink, quiet=ALL)
