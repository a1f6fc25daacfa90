"""What the database must know of webhooks (common.tables): they go on in every state of a city, and no page shows them.

Where a city is put back to a day before, they stay: an address that was taken away is told nothing again, and nothing
is sent twice.
"""

from common.tables import ALL, in_database
from webhooks.models import Delivery, Endpoint

in_database(Endpoint, quiet=ALL, always_written=ALL, as_now=ALL)
in_database(Delivery, quiet=ALL, always_written=ALL, as_now=ALL)
