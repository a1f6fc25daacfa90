"""What the database must know of the kit (common.tables): no page that is kept shows it, and a poster that hangs in a
city that only reads is still counted."""

from common.tables import ALL, in_database
from consultations.kit.models import ScanDay, SheetPart, SheetRun, Spot

in_database(Spot, quiet=ALL)
in_database(ScanDay, quiet=ALL, always_written=ALL)
in_database(SheetRun, quiet=ALL, always_written="made_by_id")
in_database(SheetPart, quiet=ALL, always_written=ALL)
