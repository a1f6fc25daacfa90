"""What the database must know of sheets (common.tables): no page that is kept shows them, but by what became of them.

In a city that only reads a receipt still erases.
"""

from common.tables import ALL, in_database
from consultations.offline.models import Correction, Entry, EntryDesk, EntryRule, Receipt

in_database(Receipt, quiet=ALL, always_written=ALL)
in_database(Entry, quiet=ALL, always_written=ALL)
in_database(Correction, quiet=ALL, always_written=ALL)
in_database(EntryDesk, quiet=ALL)
in_database(EntryRule, quiet=ALL)
