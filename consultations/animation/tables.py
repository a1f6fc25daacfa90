"""What the database must know of campaigns (common.tables): no page that is kept shows them, and in a city that only
reads somebody may still stop them, or leave.

Where a city is put back to a day before, what was then waiting to be sent may have left since: nobody is written to by
a list of that day.
"""

from common.tables import ALL, NOTHING, in_database
from consultations.animation.models import Campaign, Recipient

in_database(Campaign, quiet=ALL, always_written=ALL)
in_database(Recipient, quiet=ALL, always_written=ALL, as_now=NOTHING)
