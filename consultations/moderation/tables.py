"""What the database must know of moderation (common.tables).

It goes on where a city only reads: what the law forbids does not wait for an invoice to be paid.
"""

from common.tables import ALL, in_database
from consultations.moderation.models import (
    Appeal,
    Case,
    CityWord,
    Decision,
    Delegate,
    Evidence,
    Flag,
    KeptSuspension,
    Original,
    Report,
    SecondLook,
)

in_database(Case, quiet=ALL, always_written=ALL)
in_database(Report, quiet=ALL, always_written=ALL)
in_database(Flag, quiet=ALL, always_written=ALL)
in_database(SecondLook, quiet=ALL, always_written=ALL)
in_database(Decision, append_only=True)  # not quiet: the register, and what stands where something was hidden
in_database(Appeal, always_written=ALL)
in_database(Evidence, quiet=ALL, always_written=ALL)
in_database(Original, quiet=ALL, always_written=ALL)
in_database(CityWord, quiet=ALL)
in_database(KeptSuspension, quiet=ALL, always_written=ALL, as_now=ALL)
in_database(Delegate, quiet=ALL, always_written=ALL)
