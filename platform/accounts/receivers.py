"""What follows from what happens at the door."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.audit import record
from accounts.begun import entrust_session
from accounts.models import User
from accounts.services import begin_again


@receiver(authenticator_added)
def count_the_first_code(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Turning the app on took a code of it: that proves the second factor, nobody is asked for another one at once."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)


@receiver(user_logged_in)
def note_the_first_entry(sender: object, user: User, **kwargs: Any) -> None:
    """An operator who has no second factor yet comes in to set one up (permissions.operator_required): the trail says
    when that was, because nothing but a mailbox or a link of the shell let them in."""
    if user.is_operator and not is_mfa_enabled(user):
        record("entered_without_second_factor", actor=user, subject=user)


@receiver(user_logged_in)
def keep_what_a_visitor_began(sender: object, *, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """From now on it is theirs, whoever signs in here next."""
    if request is not None:
        begin_again(request, user=user)
        entrust_session(request, user=user)
