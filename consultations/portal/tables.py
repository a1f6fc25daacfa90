"""What the database must know of the desk's week (common.tables)."""

from common.tables import ALL, in_database
from consultations.portal.models import WorkItem

in_database(WorkItem, quiet=ALL)
