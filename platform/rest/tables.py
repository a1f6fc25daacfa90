"""What the database must know of keys (common.tables): used and taken away in every state of a city.

Where a city is put back to a day before, a key that was taken away since does not open again; what was answered to
requests goes, as what they did may be undone.
"""

from common.tables import ALL, NOTHING, in_database
from rest.models import KeptAnswer, Token

in_database(Token, quiet=ALL, always_written=ALL, as_now="user_id")
in_database(KeptAnswer, quiet=ALL, always_written=ALL, as_now=NOTHING)
