"""The second factor: setting it up, showing it, and giving it back to who has lost it.

Its rows are allauth's (Authenticator): one for an authenticator app, one for each passkey, one for the recovery codes.
What changes them is here, so that each change is one transaction with its entry in the trail and its mail to the owner.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, _is_insecure_bypass, format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.enums import Role
from accounts.mail import send_security_notice
from accounts.models import User
from accounts.selectors import person_of
from accounts.sessions import end_sessions
from common.refusals import Refusal

_PERIOD = 30  # seconds, RFC 6238
_EITHER_SIDE = 1  # periods that a telephone's clock, or somebody who types slowly, may be off
_SHOWN_FOR = timedelta(minutes=10)
_MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
PASSKEYS_MAX = 10
_CODE = re.compile("[0-9]{6}|[0-9]{8}")


class WrongFactor(Refusal):
    code = "wrong_factor"
    status = 422
    message = _("That is not right, or it has been used already. Wait for the next code, then try again.")


class NoFactorCode(WrongFactor):
    """What nobody's app and no list of recovery codes shows: no guess."""

    code = "no_factor_code"
    message = _("A code of the app has six figures, a recovery code eight.")


class LastFactor(Refusal):
    code = "last_factor"
    message = _("In a team the second factor is needed. Add another one first, then remove this one.")


class TooManyPasskeys(Refusal):
    code = "too_many_passkeys"
    message = _("You have ten passkeys: remove one that you no longer use first.")


class NobodyToHelp(Refusal):
    code = "nobody_to_help"
    message = _("Nobody with this address has set up the double verification here.")


class OneselfRefused(Refusal):
    code = "not_for_oneself"
    status = 403
    message = _("Nobody does this for themselves: ask another administrator, or the team of the service.")


# ── Looking at it ────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Factor:
    """One of a person's, for the page that lists them. `of_other_host`: a passkey of an address that the city left."""

    pk: int
    is_app: bool
    name: str
    created_at: datetime
    last_used_at: datetime | None
    of_other_host: bool


def factors_of(user: User, *, host: str) -> list[Factor]:
    """The app and the passkeys, oldest first. `host`: where passkeys work now."""
    rows = Authenticator.objects.filter(user_id=user.pk, type__in=_MAIN).order_by("created_at", "pk")
    return [
        Factor(
            pk=row.pk,
            is_app=(is_app := row.type == Authenticator.Type.TOTP),
            name="" if is_app else row.data["name"],
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            of_other_host=not is_app and _is_of_other_host(row, host),
        )
        for row in rows
    ]


def _is_of_other_host(passkey: Authenticator, host: str) -> bool:
    return bool(passkey.wrap().authenticator_data.rp_id_hash != sha256(host.encode()).digest())


def kinds_of(user: User) -> set[str]:
    return set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))


def who_has_one() -> set[int]:
    """The numbers of all in this schema who have set one up."""
    return set(Authenticator.objects.filter(type__in=_MAIN).values_list("user_id", flat=True))


def recovery_codes_left(user: User) -> int:
    row = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


# ── Showing it ───────────────────────────────────────────────────────────────


def code_typed(typed: str) -> str:
    """What was typed, without its spaces. Raises NoFactorCode."""
    code = "".join(typed.split())
    if not _CODE.fullmatch(code):
        raise NoFactorCode
    return code


def check_code(*, user: User, code: str, city: Any, at: datetime) -> Authenticator:
    """Six figures of the app, each good once, or a recovery code, whose use is told to the owner.

    Raises WrongFactor.
    """
    code = code_typed(code)
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update(of=("self",), no_key=True).filter(user_id=user.pk)
        for row in rows.exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type"):  # the app before the codes
            is_app = row.type == Authenticator.Type.TOTP
            if _is_code_of_app(row, code, at) if is_app else row.wrap().validate_code(code):
                Authenticator.objects.filter(pk=row.pk).update(last_used_at=at)
                if not is_app:
                    _mail_recovery_code_used(user, city)
                return row
    raise WrongFactor


def _mail_recovery_code_used(user: User, city: Any) -> None:
    left = recovery_codes_left(user)
    record("recovery_code_used", actor=user, subject=user, left=left)
    what = gettext("A recovery code of your account was just used. Codes left: %(left)s.") % {"left": left}
    send_security_notice(user=user, what=what, city=city, subject=gettext("A recovery code was used"))


def check_passkey(*, user: User, credential: str, at: datetime) -> Authenticator:
    """What the browser answered to the challenge that stands in the session. Raises WrongFactor."""
    answer = _parsed(credential)
    try:
        webauthn.parse_authentication_response(answer)
        row = webauthn.complete_authentication(user, answer)
    except _ODD as odd:
        raise WrongFactor from odd
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=at)
    return row


def _is_code_of_app(row: Authenticator, code: str, at: datetime) -> bool:
    """Whether it is the code of a period that none has been taken of: looked over somebody's shoulder, it is worth
    nothing. The row is locked and keeps the period."""
    if _is_insecure_bypass(code):
        return True
    period = _period_of(TOTP(row).instance.data["secret"], code, at)
    if period is None or period <= row.data.get("last_period", 0):
        return False
    row.data["last_period"] = period
    row.save(update_fields=["data"])
    return True


def _period_of(secret: str, code: str, at: datetime) -> int | None:
    now = int(at.timestamp()) // _PERIOD
    for period in range(now - _EITHER_SIDE, now + _EITHER_SIDE + 1):
        if format_hotp_value(hotp_value(secret, period)) == code:
            return period
    return None


# What fido2 and allauth raise for an answer that no browser gives.
_ODD = (ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError)


def _parsed(credential: str) -> dict[str, Any]:
    try:
        answer = json.loads(credential)
    except ValueError as odd:
        raise WrongFactor from odd
    if not isinstance(answer, dict):
        raise WrongFactor
    return answer


# ── Setting it up ────────────────────────────────────────────────────────────


def add_app(*, user: User, secret: str, code: str, city: Any, at: datetime) -> Authenticator:
    """Turn the authenticator app on, with a code of it. Raises WrongFactor."""
    period = _period_of(secret, code := "".join(code.split()), at)
    if period is None and not _is_insecure_bypass(code):
        raise WrongFactor
    with transaction.atomic():
        _locked(user)
        Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).delete()
        row = TOTP.activate(user, secret).instance
        row.data["last_period"] = period or 0
        row.save(update_fields=["data"])
        _made(user, row, "APP_ADDED", city)
    return row


def add_passkey(*, user: User, name: str, credential: str, city: Any) -> Authenticator:
    """Keep the key that a browser has made for the challenge in the session. Raises WrongFactor or TooManyPasskeys."""
    answer = _parsed(credential)
    try:
        webauthn.parse_registration_response(answer)
        webauthn.complete_registration(answer)
    except _ODD as odd:
        raise WrongFactor from odd
    with transaction.atomic():
        _locked(user)
        if Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).count() >= PASSKEYS_MAX:
            raise TooManyPasskeys
        row = WebAuthn.add(user, name, answer).instance
        _made(user, row, "PASSKEY_ADDED", city)
    return row


def remove_factor(*, user: User, factor_id: int, city: Any) -> None:
    """Remove the app or a passkey; gone already: nothing happens. Recovery codes go with the last of them.

    Raises LastFactor for somebody of a team.
    """
    with transaction.atomic():
        _locked(user)
        rows = Authenticator.objects.filter(user_id=user.pk)
        row = rows.filter(pk=factor_id, type__in=_MAIN).first()
        if row is None:
            return
        is_last = not rows.filter(type__in=_MAIN).exclude(pk=row.pk).exists()
        if is_last and user.role != Role.PARTICIPANT:
            raise LastFactor
        kind = "APP_REMOVED" if row.type == Authenticator.Type.TOTP else "PASSKEY_REMOVED"
        (rows if is_last else rows.filter(pk=row.pk)).delete()
        _tell(user, kind, city)


def renew_recovery_codes(*, user: User, city: Any) -> None:
    """Make new ones; those before stop working. Nothing happens to who has no second factor."""
    with transaction.atomic():
        _locked(user)
        if not Authenticator.objects.filter(user_id=user.pk, type__in=_MAIN).exists():
            return
        Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(user)
        _tell(user, "CODES_RENEWED", city)


def recovery_codes_to_show(*, user: User, at: datetime) -> list[str]:
    """The codes, for ten minutes from the first look: time to print them, to load the page anew. Then never again."""
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update(of=("self",), no_key=True)
        row = rows.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
        if row is None:
            return []
        first_look = row.data.setdefault("viewed_at", at.timestamp())
        if at.timestamp() - first_look > _SHOWN_FOR.total_seconds():
            return []
        row.save(update_fields=["data"])
    return list(RecoveryCodes(row).get_unused_codes())


def _made(user: User, row: Authenticator, what: str, city: Any) -> None:
    RecoveryCodes.activate(user)  # those that there are, or new ones
    _tell(user, what, city, factor=row.pk)


def _locked(user: User) -> None:
    """Changes of one person's factors take turns."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _tell(user: User, what: str, city: Any, **details: Any) -> None:
    record("second_factor_changed", actor=user, subject=user, what=what, **details)
    send_security_notice(user=user, what=CHANGES[what], city=city)


CHANGES = {
    "APP_ADDED": _("An authenticator app was added to your account."),
    "APP_REMOVED": _("The authenticator app was removed from your account."),
    "PASSKEY_ADDED": _("A passkey was added to your account."),
    "PASSKEY_REMOVED": _("A passkey was removed from your account."),
    "CODES_RENEWED": _("New recovery codes were made for your account. Those before no longer work."),
}


# ── Losing it ────────────────────────────────────────────────────────────────


def give_way_back(*, user: User, actor: User | None, city: Any, **details: Any) -> None:
    """Take every second factor away from somebody who has lost theirs, and sign them out everywhere.

    They come in with their address and set up a new one. `details` go into the trail (an operator, a reason). Raises
    OneselfRefused: who is asked to confirm must be somebody else.
    """
    if actor is not None and actor.pk == user.pk:
        raise OneselfRefused
    with transaction.atomic():
        _locked(user)
        Authenticator.objects.filter(user_id=user.pk).delete()
        end_sessions(user=user)
        record("second_factor_taken_away", actor=actor, subject=user, **details)
        what = _("Your second factor was removed, because somebody said that you had lost it.")
        to_do = _("If it was you: sign in with the code sent by e-mail, then set up a new one at the address below.")
        send_security_notice(user=user, what=what, city=city, to_do=to_do)


def give_way_back_by_address(*, email: str, actor: User, city: Any) -> User:
    """The same for whoever has this address in the present schema, a participant too.

    Raises NobodyToHelp, which does not say whether there is an account; OneselfRefused.
    """
    user = person_of(email)
    if user is None or not user.is_active or not kinds_of(user):
        raise NobodyToHelp
    give_way_back(user=user, actor=actor, city=city)
    return user
