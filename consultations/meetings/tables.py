"""What the database must know of meetings (common.tables): no page that is kept shows who signed up, and in a city that
only reads people still give their seats back, and are forgotten."""

from common.tables import ALL, in_database
from consultations.meetings.models import Attendee, Meeting

in_database(Meeting, quiet="figures revision", always_written="figures")
in_database(Attendee, quiet=ALL, always_written=ALL)
