"""What the database must know of keys (common.tables): used and taken away in every state of a city."""

from common.tables import ALL, in_database
from rest.models import KeptAnswer, Token

in_database(Token, quiet=ALL, always_written=ALL)
in_database(KeptAnswer, quiet=ALL, always_written=ALL)
