"""What the database must know of the library (common.tables)."""

from common.tables import in_database
from consultations.library.models import ChallengeSet, ChallengeTemplate

in_database(ChallengeSet, read_by_every_city=True)
in_database(ChallengeTemplate, read_by_every_city=True)
