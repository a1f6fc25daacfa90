"""What accounts hold about a person: their copy of it, and what is left when they leave (common.personal)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.begun import SESSION_KEY, waiting_for
from accounts.models import AddressChange, AuditEntry, BegunAction, SignInLink, TeamInvitation, User
from accounts.sessions import sessions_of
from accounts.tasks import send_mail
from common.models import OutboxMessage
from common.outbox import messages_of
from common.personal import PersonalFile, copies, erases, leaves_out_of_copies, leaves_when_erasing
from common.trail import label_of

_KINDS = {
    Authenticator.Type.TOTP: gettext_lazy("authenticator app"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("passkey"),
    Authenticator.Type.RECOVERY_CODES: gettext_lazy("recovery codes"),
}
_CARRIED = {SESSION_KEY: gettext_lazy("what you had begun"), "after_sign_in": gettext_lazy("page where it leads")}

leaves_out_of_copies(EmailConfirmation, because="keys to an account, never made here")
leaves_when_erasing(
    AuditEntry,
    because="it keeps the number of whoever acted, which then leads to nobody, and is forgotten after a year",
)


@copies(User, SignInLink, AddressChange, EmailAddress, Authenticator, TeamInvitation)
def account_files(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "compte",
        _("Your account"),
        _("Who you are here: your address, how others see you, and since when."),
        [
            {
                _("number"): user.pk,
                _("e-mail address"): user.email,
                _("public name"): user.public_name,
                _("role"): user.get_role_display(),
                _("role since"): user.role_since,
                _("role before"): user.get_role_before_display(),
                _("function"): user.function,
                _("capacity"): user.get_capacity_display(),
                _("age"): user.get_age_band_display(),
                _("neighbourhood"): user.neighbourhood,
                _("language"): user.language,
                _("account made on"): user.created_at,
                _("last visit"): user.last_login,
                _("told that the account will be deleted"): user.dormant_since,
                _("suspended until"): user.suspended_until,
            }
        ],
    )
    yield PersonalFile(
        "connexions",
        _("How you sign in"),
        _(
            "The messages that let you in, the changes of your address, your second factors, and the devices on which "
            "you are signed in. Secrets are left out: codes are kept in a form that cannot be read back."
        ),
        list(_ways_in(user)),
    )


@copies(BegunAction, AuditEntry)
def begun_and_done(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "commence",
        _("What you began"),
        _("What you began before you were signed in, and that waits for you to do it."),
        [
            {_("what"): each.action.label(), _("text"): each.action.words(), _("when"): each.row.begun_at}
            for each in waiting_for(user)
        ],
    )
    yield PersonalFile(
        "journal",
        _("What you did"),
        _("The log of actions, kept for 12 months: when, what, and the number of what it was about."),
        [
            {
                _("when"): entry.at,
                _("action"): label_of(entry.action),
                _("number"): entry.subject_id,
            }
            for entry in AuditEntry.objects.filter(
                Q(actor=user) | Q(subject_type=user._meta.label_lower, subject_id=str(user.pk))
            ).order_by("at", "pk")
        ],
    )
    yield PersonalFile(
        "courriels",
        _("Messages to you"),
        _("Those that wait to be sent, or could not be. The others are erased once they have left."),
        [
            {
                _("when"): message.created_at,
                _("subject"): message.payload.get("subject", ""),
                _("text"): message.payload.get("body", ""),
            }
            for message in _mails_to(user).order_by("created_at", "pk")
        ],
    )


def _ways_in(user: User) -> Iterator[dict[str, Any]]:
    what, when, until = _("what"), _("when"), _("until")
    for link in user.sign_in_links.order_by("pk"):
        yield {
            what: _("message with a link to come in"),
            when: link.created_at,
            _("used"): link.used_at,
            _("what it carries"): {str(_CARRIED.get(key, key)): value for key, value in link.carried.items()},
        }
    for invitation in _invitations_of(user).order_by("pk"):
        yield {
            what: _("invitation into the city’s team"),
            when: invitation.sent_at,
            until: invitation.expires_at,
            _("role"): invitation.get_role_display(),
        }
    for change in user.address_changes.order_by("pk"):
        yield {
            what: _("change of address"),
            when: change.asked_at,
            _("new address"): change.new_email,
            _("former address"): change.former_email,
            _("confirmed"): change.confirmed_at,
        }
    for address in EmailAddress.objects.filter(user=user).order_by("pk"):
        yield {what: _("address that was proved"), _("e-mail address"): address.email}
    for factor in Authenticator.objects.filter(user=user).order_by("pk"):
        yield {what: _("second factor"), _("kind"): _KINDS[factor.type], when: factor.created_at}
    for session in sessions_of(user):
        yield {what: _("device on which you are signed in"), until: session.expire_date}


@erases(User, SignInLink, BegunAction, AddressChange, EmailAddress, EmailConfirmation, Authenticator, TeamInvitation)
def forget_account(user: User, *, with_texts: bool, at: datetime) -> None:
    """All that lets them in, on every device, and what was about to be written to them. The row itself goes last."""
    Session.objects.filter(pk__in=[session.pk for session in sessions_of(user)]).delete()
    for model in (SignInLink, BegunAction, AddressChange, EmailAddress, Authenticator):
        model._default_manager.filter(user=user).delete()
    _invitations_of(user).delete()
    # One that a worker is sending at this moment is gone in the next.
    waiting = _mails_to(user).select_for_update(skip_locked=True).values_list("pk", flat=True)
    OutboxMessage.objects.filter(pk__in=list(waiting)).delete()


def _invitations_of(user: User) -> QuerySet[TeamInvitation]:
    return TeamInvitation.objects.filter(Q(email__iexact=user.email) | Q(mailbox=user.mailbox) & ~Q(mailbox=""))


def _mails_to(user: User) -> Any:
    return messages_of(send_mail).filter(payload__to__iexact=user.email)
