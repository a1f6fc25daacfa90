"""What the database must know of imports (common.tables): no page that is kept shows them."""

from common.tables import ALL, in_database
from consultations.imports.models import Import, ImportFile, ImportPart

in_database(Import, quiet=ALL)
in_database(ImportFile, quiet=ALL)
in_database(ImportPart, quiet=ALL)
