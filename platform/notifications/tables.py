"""What the database must know of notices and mail (common.tables): one reads it, or wants no more, in every state.

Where a city is put back to a day before, who has withdrawn their agreement since is not written to again.
"""

from common.tables import ALL, in_database
from notifications.models import MailAgreement, MailPreference, Notice

in_database(Notice, quiet=ALL, always_written=ALL)
in_database(MailPreference, quiet=ALL, always_written=ALL)
in_database(MailAgreement, quiet=ALL, always_written=ALL, as_now="user_id")
