"""What the database must know of analysis (common.tables)."""

from common.tables import ALL, in_database
from consultations.analysis.models import Attendance, Breakdown, DayFigures

# Counts: others see them a second later. Of a city that only reads people still leave.
in_database(DayFigures, soon=ALL, always_written=ALL)
in_database(Attendance, soon=ALL, always_written=ALL)
in_database(Breakdown, soon=ALL, always_written=ALL)
