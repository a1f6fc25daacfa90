"""What the database must know of screening (common.tables)."""

from common.tables import in_database
from consultations.screening.models import LexiconVersion

in_database(LexiconVersion, read_by_every_city=True)
