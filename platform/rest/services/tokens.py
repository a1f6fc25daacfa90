"""Making keys, finding whose they are, taking them away."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from common.text import clean_text
from rest.models import NAME_MAX, Token
from rest.scopes import scopes, scopes_for

# A secret that is found in a program or a log says what it is: whoever looks for lost ones knows it by this.
BEGINS = "trk_"
LASTS = (30, 90, 180, 365)
KEYS_MAX = 20
# That a key is used is noted this often at most: reading costs no write.
_NOTED_EVERY = timedelta(minutes=5)


class NoSuchScope(Refusal):
    code = "no_such_scope"
    status = 422
    message = _("Tick what the key may do: at least one thing, of those that you may do yourself.")


class NoSuchDuration(Refusal):
    code = "no_such_duration"
    status = 422
    message = _("Choose for how long the key is valid: a year at most.")


class NameMissing(Refusal):
    code = "name_missing"
    status = 422
    message = _("Say what the key is for: you will tell it from others by that.")


class NoPublicName(Refusal):
    code = "no_public_name"
    message = _("Choose a public name first: what is written with the key is signed with it.")


class TooManyKeys(Refusal):
    code = "too_many_keys"

    def __init__(self) -> None:
        words = ngettext(
            "You have %(most)s key already. Take one away first.",
            "You have %(most)s keys already. Take one away first.",
            KEYS_MAX,
        )
        super().__init__(words % {"most": KEYS_MAX})


def make_token(
    *, user: User, name: str, wanted: Iterable[str], days: int, of_team: bool, at: datetime
) -> tuple[Token, str]:
    """A key of somebody, and its secret, which exists in the return value alone.

    Raises NameMissing, NoSuchScope, NoSuchDuration, NoPublicName, TooManyKeys.
    """
    name = clean_text(name, one_line=True)[:NAME_MAX]
    given = [each.key for each in scopes_for(user, of_team=of_team)]
    chosen = [key for key in given if key in set(wanted)]
    if not name:
        raise NameMissing
    if not chosen or len(chosen) != len(set(wanted)):
        raise NoSuchScope
    if days not in LASTS:
        raise NoSuchDuration
    if not of_team and not user.public_name:
        raise NoPublicName
    secret = BEGINS + secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once are counted one after the other
        if Token.objects.filter(user=user, revoked_at=None, expires_at__gt=at).count() >= KEYS_MAX:
            raise TooManyKeys
        token = Token.objects.create(
            user=user,
            name=name,
            token_hash=_hashed(secret),
            hint=secret[-4:],
            scopes=" ".join(chosen),
            is_of_team=of_team,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
        record("api_key_made", actor=user, subject=token, scopes=token.scopes)
    return token, secret


def revoke_token(*, token: Token, actor: User, at: datetime) -> bool:
    """Take a key away, from the next request on. Gone already: False."""
    with transaction.atomic():
        if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            return False
        record("api_key_revoked", actor=actor, subject=token)
    return True


def revoke_what_role_gave(*, user: User, at: datetime) -> None:
    """After a change of role, in its transaction: a key with a scope that the new role does not give is over."""
    given = {each.key for of_team in (True, False) for each in scopes_for(user, of_team=of_team)}
    for token in Token.objects.filter(user=user, revoked_at=None, is_of_team=True):
        if not token.scope_keys <= given:
            revoke_token(token=token, actor=user, at=at)


def token_of(secret: str, *, at: datetime) -> Token | None:
    """The key of a secret, with its person, if it holds and they may still come in."""
    if not secret.startswith(BEGINS) or len(secret) > 100:
        return None
    found = Token.objects.select_related("user").filter(token_hash=_hashed(secret)).first()
    return found if found is not None and found.holds(at) and found.user.is_active else None


def note_use(token: Token, *, at: datetime) -> None:
    if token.last_used_at is None or at - token.last_used_at > _NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=at)


def scopes_of(token: Token) -> list[str]:
    """In words."""
    return [str(each.words) for each in scopes() if each.key in token.scope_keys]


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
