"""What the database must know of framing's tables (common.tables)."""

from common.tables import ALL, in_database
from consultations.framing.models import MarginComment, PreviewLink

in_database(MarginComment, quiet=ALL)  # no resident reads it
in_database(PreviewLink, quiet=ALL)
