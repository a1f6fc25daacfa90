"""Receivers of sign-in events."""

from typing import Any

from django.contrib.auth import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.audit import record
from accounts.begun import entrust_session
from accounts.models import User
from accounts.permissions import owns_second_factor
from accounts.services import begin_again
from accounts.sessions import begin_session


@receiver(user_logged_in)
def note_when(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    begin_session(request)


@receiver(user_logged_in)
def note_the_first_entry(sender: object, user: User, **kwargs: Any) -> None:
    """An operator who has no second factor yet comes in to set one up (permissions.role_required): the trail says
    when that was, because nothing but a mailbox or a link of the shell let them in."""
    if user.is_operator and not owns_second_factor(user):
        record("entered_without_second_factor", actor=user, subject=user)


@receiver(user_logged_in)
def keep_what_a_visitor_began(sender: object, *, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """At sign-in, make it the person's, whoever signs in here next."""
    if request is not None:
        begin_again(request, user=user)
        entrust_session(request, user=user)
