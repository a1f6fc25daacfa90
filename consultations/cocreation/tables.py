"""What the database must know of co-creation (common.tables)."""

from common.tables import ALL, in_database
from consultations.cocreation.models import HeldVersion, ReworkDraft

in_database(ReworkDraft, quiet=ALL)
in_database(HeldVersion, quiet=ALL)
