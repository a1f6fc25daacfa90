"""What the database must know of accounts (common.tables), and of the tables of others that signing in writes.

A city that only reads still lets people in and out, and keeps its trail. Where a city is put back to a day before,
addresses that were being changed then are nobody's any more but those of now.
"""

from accounts.models import AddressChange, AuditEntry, BegunAction, SignInLink, TeamInvitation, User
from common.tables import ALL, NEW, in_database

_OWN = "last_login session_generation unread_notices language"
in_database(User, quiet=_OWN, soon=NEW, always_written=_OWN)
in_database(SignInLink, quiet=ALL, always_written=ALL)
in_database(BegunAction, quiet=ALL, always_written=ALL)
in_database(AddressChange, quiet=ALL, always_written=ALL, as_now="user_id")
in_database(TeamInvitation, quiet=ALL)
in_database(AuditEntry, quiet=ALL, append_only=True)
in_database("account_emailaddress", quiet=ALL, always_written=ALL, as_now="user_id")
in_database("mfa_authenticator", always_written=ALL)
in_database("django_session", quiet=ALL, always_written=ALL)
