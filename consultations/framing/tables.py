"""What the database must know of framing's tables (common.tables)."""

from common.tables import ALL, in_database
from consultations.framing.models import PreviewLink

in_database(PreviewLink, quiet=ALL)
