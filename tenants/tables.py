"""What the database must know of the house's own bookkeeping in every city (common.tables)."""

from common.models import ChangedScope, ContentRevision, OutboxMessage
from common.tables import ALL, in_database

in_database(ContentRevision, quiet=ALL, always_written=ALL)
in_database(ChangedScope, quiet=ALL, always_written=ALL)
in_database(OutboxMessage, quiet=ALL, always_written=ALL)
in_database("django_migrations", quiet=ALL)
