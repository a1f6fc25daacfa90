"""How long a session lasts, by whose it is; and ending all of somebody's at once.

A participant's lasts as long as its cookie. That of a city's staff, and an operator's even more so, ends when nobody
has used it for some hours, and in any case after some days: settings.SESSION_LIMITS. What else must hold for the
sessions of a role, the app that gives the role says (`lasts_while`).
"""

import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db.models import F
from django.http import HttpRequest

from accounts.enums import Role
from accounts.models import SignInLink, User

CAME_IN_AT, _SEEN_AT, ENDED = "came_in_at", "seen_at", "ended"
# That somebody is there is noted this often at most, in seconds: a page costs no write.
_NOTED_EVERY = 300


def end_sessions(*, user: User) -> None:
    """End every session of a person, wherever it is open, without looking for them; links not opened yet too."""
    SignInLink.objects.filter(user=user, used_at__isnull=True).delete()
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])


def end_other_sessions(*, user: User, request: HttpRequest) -> None:
    """End every session of the person but the one of this request."""
    end_sessions(user=user)
    update_session_auth_hash(request, user)


def sessions_of(user: User) -> Iterator[Session]:
    """Theirs, of the present schema. No column says so: all are read, some seconds for 100,000 of them."""
    for session in Session.objects.order_by("pk").iterator(chunk_size=1000):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            yield session


def begin_session(request: HttpRequest) -> None:
    """Note when somebody came in."""
    request.session[CAME_IN_AT] = time.time()
    request.session.pop(_SEEN_AT, None)
    request.session.pop(ENDED, None)


Condition = Callable[[HttpRequest, User], bool]
_conditions: dict[str, Condition] = {}


def lasts_while(role: str) -> Callable[[Condition], Condition]:
    """Register what is asked at each request of somebody of a role: False, and their session is over."""

    def register(condition: Condition) -> Condition:
        _conditions[role] = condition
        return condition

    return register


def goes_on(request: HttpRequest, user: User) -> bool:
    """Whether a session still holds; notes, now and then, that it is used. One that does not hold is gone."""
    limits = settings.SESSION_LIMITS.get(user.role if user.role in (Role.OPERATOR, Role.DELEGATE) else "STAFF")
    if user.role == Role.PARTICIPANT or limits is None:
        return True
    now, came_in_at = time.time(), request.session.get(CAME_IN_AT, 0.0)
    seen_at = request.session.get(_SEEN_AT, came_in_at)
    is_over = now - came_in_at > limits["at_most"] or now - seen_at > limits["idle"]
    condition = _conditions.get(user.role)
    if is_over or (condition is not None and not condition(request, user)):
        request.session.flush()
        request.session[ENDED] = True  # said at the door; what is posted right now is kept there (accounts.begun)
        return False
    if now - seen_at > _NOTED_EVERY:
        request.session[_SEEN_AT] = now
    return True
