"""What the database must know of accounts (common.tables), and of the tables of others that signing in writes.

A city that only reads still lets people in and out, and keeps its trail.
"""

from accounts.models import AddressChange, AuditEntry, BegunAction, SignInLink, TeamInvitation, User
from common.tables import ALL, in_database

in_database(User, quiet="unread_notices", always_written="last_login session_generation unread_notices")
in_database(SignInLink, quiet=ALL, always_written=ALL)
in_database(BegunAction, always_written=ALL)
in_database(AddressChange, quiet=ALL, always_written=ALL)
in_database(TeamInvitation, quiet=ALL)
in_database(AuditEntry, quiet=ALL, append_only=True)
in_database("account_emailaddress", quiet=ALL, always_written=ALL)
in_database("mfa_authenticator", always_written=ALL)
in_database("django_session", quiet=ALL, always_written=ALL)
