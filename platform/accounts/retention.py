"""What is kept of a person, their ways in and what they did, and until when (common.retention)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.address_change import CODE_HOLDS
from accounts.dormant import UNVISITED_KEPT, dormant, forget_dormant
from accounts.erasure import UNUSED_KEPT
from accounts.invitations import INVITATION_HOLDS
from accounts.models import UNDO_ADDRESS_FOR, AddressChange, AuditEntry, BegunAction, TeamInvitation
from common.db import as_owner, connection
from common.retention import delete_in_batches, forgets, keeps, span

# As long as a session lives.
BEGUN_KEPT = timedelta(days=60)
TRAIL_KEPT = timedelta(days=365)
# One that is over stands in the list of the team, to be sent again.
INVITATION_SHOWN = timedelta(days=16)

_ADDRESS = keeps(
    10,
    _("E-mail address"),
    _("To recognise you, to write to you. Never shown."),
    format_lazy(
        _(
            "Until you delete your account. A resident’s in which nobody has signed in for {kept} is deleted, "
            "a month after a mail."
        ),
        kept=span(UNVISITED_KEPT),
    ),
)
_CHANGES = keeps(
    20,
    _("Change of address: the former one and the new one"),
    _("To confirm the new one, and to let the former one cancel."),
    format_lazy(
        _("{unconfirmed} without a confirmation; {undone} afterwards."),
        unconfirmed=span(CODE_HOLDS),
        undone=span(UNDO_ADDRESS_FOR),
    ),
)
keeps(
    30,
    _("Public name, capacity, neighbourhood"),
    _("Shown beside what you write. The neighbourhood is optional."),
    _("As the address."),
)
keeps(
    40,
    _("Age group"),
    _("Optional. To see who is missing. Never shown; no group of fewer than five people is counted."),
    _("As the address."),
)
_BEGUN = keeps(
    100,
    _("What you begin before you sign in"),
    _("To do it in your name once you are there."),
    format_lazy(_("Erased as soon as it is done or you give it up; {kept} at most."), kept=span(BEGUN_KEPT)),
)
keeps(
    120,
    _("Sign-in codes and links"),
    _("To let you in without a password."),
    format_lazy(
        _("Valid for {valid}, erased within {kept}, with the account if nobody ever came into it."),
        valid=span(timedelta(minutes=settings.SIGN_IN_LINK_LIFETIME_MINUTES)),
        kept=span(UNUSED_KEPT + timedelta(days=1)),
    ),
)
_INVITATIONS = keeps(
    125,
    _("Invitations into the city’s team"),
    _("To let whoever is invited take their place."),
    format_lazy(_("Until accepted or withdrawn; {kept} at most."), kept=span(INVITATION_HOLDS + INVITATION_SHOWN)),
)
keeps(
    126,
    _("Of the city’s team: the role, and the function that each gives"),
    _("Shown beside what they write. The function is optional."),
    _("As long as they are in the team."),
)
_TRAIL = keeps(
    140,
    _("Log of actions, IP address"),
    _("Security of the service, proof of actions."),
    format_lazy("{kept}.", kept=span(TRAIL_KEPT)),
)


forgets("dormant accounts", _ADDRESS, forget=forget_dormant, in_read_only=True)(dormant)


@forgets("changes of address", _CHANGES, in_read_only=True)
def address_changes_over(*, at: datetime) -> QuerySet[AddressChange]:
    """What was not confirmed in its hour, and what can no longer be undone."""
    over = Q(confirmed_at=None, expires_at__lte=at) | Q(confirmed_at__lte=at - UNDO_ADDRESS_FOR)
    return AddressChange.objects.filter(over)


@forgets("what was begun", _BEGUN, in_read_only=True, in_public=True)
def begun_over(*, at: datetime) -> QuerySet[BegunAction]:
    return BegunAction.objects.filter(begun_at__lt=at - BEGUN_KEPT)


def forget_invitations(*, at: datetime) -> int:
    """By the service's own role: where a city only reads, its own may not."""
    with as_owner(), schema_context(connection.schema_name):
        return delete_in_batches(invitations_over(at=at))


@forgets("team invitations", _INVITATIONS, forget=forget_invitations, in_read_only=True)
def invitations_over(*, at: datetime) -> QuerySet[TeamInvitation]:
    over = Q(accepted_at__lte=at - timedelta(days=1)) | Q(expires_at__lte=at - INVITATION_SHOWN)
    return TeamInvitation.objects.filter(over)


def forget_trail(*, at: datetime) -> int:
    """By the service's own role: a city's may add to its trail, never take away."""
    with as_owner(), schema_context(connection.schema_name):
        return delete_in_batches(trail_over(at=at))


@forgets("trail", _TRAIL, forget=forget_trail, in_read_only=True)
def trail_over(*, at: datetime) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(at__lt=at - TRAIL_KEPT)
