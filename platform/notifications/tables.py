"""What the database must know of notices and mail (common.tables): one reads it, or wants no more, in every state."""

from common.tables import ALL, in_database
from notifications.models import MailPreference, Notice

in_database(Notice, quiet=ALL, always_written=ALL)
in_database(MailPreference, quiet=ALL, always_written=ALL)
