"""What the database must know of imports (common.tables): no page that is kept shows them; in a
city that only reads files are still forgotten, and somebody may leave.
"""

from common.tables import ALL, in_database
from consultations.imports.models import Import, ImportFile, ImportPart

in_database(Import, quiet=ALL, always_written=ALL)
in_database(ImportFile, quiet=ALL, always_written=ALL)
in_database(ImportPart, quiet=ALL, always_written=ALL)
