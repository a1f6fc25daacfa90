"""What a city takes with it of accounts (common.citycopy), and of what the house itself keeps in every schema."""

from django.utils.translation import gettext_lazy as _

from accounts.models import AddressChange, AuditEntry, BegunAction, Neighbourhood, SignInLink, TeamInvitation, User
from common.citycopy import in_city_copies, in_words
from common.models import ChangedScope, ContentRevision, OutboxMessage

in_city_copies(
    User,
    title=_("Accounts: participants and team"),
    people="id",
    shared="role capacity",
    complete="email public_name role_since role_before function age_band neighbourhood is_active suspended_until "
    "created_at last_login dormant_since language",
    never="password session_generation name_key mailbox unread_notices",
)
in_city_copies(
    AuditEntry, title=_("The trail of actions"), complete="id at actor_id action subject_type subject_id details"
)
in_city_copies(SignInLink, never="id token_hash code_hash user_id created_at expires_at used_at from_shell carried")
in_city_copies(TeamInvitation, never="id email mailbox role token_hash sent_at expires_at accepted_at")
in_city_copies(Neighbourhood, title=_("The neighbourhoods that the city lists"), shared="id name key position")
# Words that somebody typed and has not sent.
in_city_copies(BegunAction, never="id user_id key payload begun_at is_asked settled_at")
in_city_copies("account_emailaddress", never="id email verified primary user_id")
in_city_copies("account_emailconfirmation", never="id created sent key email_address_id")
in_city_copies("mfa_authenticator", never="id type data user_id created_at last_used_at")
in_city_copies("django_session", never="session_key session_data expire_date")
in_city_copies("django_migrations", never="id app name applied")
in_city_copies(ContentRevision, never="id value soon")
in_city_copies(ChangedScope, never="scope soon")
in_city_copies(OutboxMessage, never="id task payload created_at due_at attempts last_error")
in_city_copies(
    AddressChange,
    never="id user_id new_email code_hash wrong_codes asked_at expires_at confirmed_at former_email undo_hash",
)


in_words(
    {
        "user_id": _("the person: number of the account"),
        "actor_id": _("who did it: number of the account"),
        "suspended_until": _("until when moderation has suspended the account"),
        "capacity": _("in what capacity the person takes part"),
        "email": _("e-mail address of the person"),
        "public_name": _("name that others see"),
        "age_band": _("age band, if the person gave it"),
        "is_active": _("whether the account can be used"),
        "dormant_since": _("when a mail said that the account, long unused, will be deleted"),
        "last_login": _("last visit of the person"),
        "at": _("when it was done"),
        "action": _("what was done, as a code"),
        "subject_type": _("kind of thing it was done to"),
        "subject_id": _("number of the thing it was done to"),
        "details": _("particulars: numbers, codes and titles that the city wrote"),
        "accounts_neighbourhood.name": _("name of the neighbourhood"),
        "accounts_neighbourhood.key": _("the name without case, accents and signs"),
        "accounts_user.id": _("number of the account"),
        "accounts_user.language": _("language of the mails to the person, as a code; empty: French"),
        "accounts_user.role": _("role on the platform"),
        "role_since": _("since when the person has the role"),
        "role_before": _("the role before"),
        "function": _("what a member of the team does, in their own words"),
        "accounts_user.neighbourhood": _("neighbourhood of the person, if they gave it"),
    }
)
