"""Another address for one's account: confirmed with a code sent to the new one, announced at the former one.

A code, and no link: only the browser that asked can use it, so that an address mistyped gives nobody an account. Every
address is written to in the same way; whether it has an account here is said to whoever has shown that it is theirs.

Written by the service's own role: correcting one's data does not stop where a city only reads.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.erasure import erase_unused, is_unused
from accounts.mail import send_mail_later
from accounts.mailboxes import mailbox_of
from accounts.models import UNDO_ADDRESS_FOR, AddressChange, SignInLink, User
from accounts.sessions import end_sessions
from common.db import as_owner
from common.refusals import Refusal

CODE_HOLDS = timedelta(hours=1)
GUESSES = 5


class AddressRefused(Refusal):
    """Of a change of address."""


class SameAddress(AddressRefused):
    code = "same_address"
    status = 422
    message = _("This is already the address of your account.")


class NothingAsked(AddressRefused):
    code = "no_address_asked"
    status = 410
    message = _("This code has ended. Ask for another one.")


class WrongCode(AddressRefused):
    code = "wrong_address_code"
    status = 422
    message = _("This is not the code that we sent. Look at it again.")


class TooManyGuesses(AddressRefused):
    code = "too_many_guesses"
    status = 410
    message = _("That was the fifth wrong code: it no longer works. Ask for another one.")


class AddressTaken(AddressRefused):
    """Raised only for who has proved that the address is theirs."""

    code = "address_taken"
    message = _(
        "This address has an account of its own here. Sign in with it and delete that account first, then come back: "
        "the code stays good for an hour."
    )


class UndoRefused(Refusal):
    """The link is unknown, used, or too old."""

    code = "address_undo_refused"
    status = 410
    message = _("This link no longer works")


class FormerAddressTaken(AddressRefused):
    code = "former_address_taken"
    message = _(
        "Your former address has another account here by now. Write to the contact given in the page about your data: "
        "somebody will sort it out with you."
    )


# ── Asking ───────────────────────────────────────────────────────────────────


def ask_address_change(*, user: User, email: str, city: Any, at: datetime) -> AddressChange:
    """Send a code to the new address. What was asked for before is replaced. Raises SameAddress."""
    email = email.strip().lower()
    if email == user.email.lower():
        raise SameAddress
    code = get_random_string(6, "0123456789")
    with as_owner(), transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once: the second replaces the first
        AddressChange.objects.filter(user=user, confirmed_at=None).delete()
        change = AddressChange.objects.create(user=user, new_email=email, asked_at=at, expires_at=at + CODE_HOLDS)
        change.code_hash = _code_hash(change, code)
        change.save(update_fields=["code_hash"])
        record("address_change_asked", actor=user, subject=user)
        context = {"city": city, "code": code}
        send_mail_later(template="accounts/email/address_code", to=email, context=context, is_awaited=True)
    return change


def asked_change(*, user: User, at: datetime) -> AddressChange | None:
    """What waits for its code."""
    return AddressChange.objects.filter(user=user, confirmed_at=None, expires_at__gt=at).exclude(code_hash="").first()


def cancel_address_change(*, user: User) -> None:
    """Leave the address as it is: the code no longer works. Again changes nothing."""
    with as_owner(), transaction.atomic():
        if AddressChange.objects.filter(user=user, confirmed_at=None).delete()[0]:
            record("address_change_cancelled", actor=user, subject=user)


# ── Confirming ───────────────────────────────────────────────────────────────


def confirm_address_change(*, user: User, code: str, city: Any, at: datetime) -> User:
    """Set the new address; the former one gets a mail with a link to undo it.

    Codes and links that were sent before, and the sessions of all devices, end. Raises NothingAsked, WrongCode,
    TooManyGuesses, AddressTaken.
    """
    with as_owner():
        change = _judged(user, code, at)
        try:
            with transaction.atomic():
                return _confirm(change, city, at)
        except IntegrityError:  # somebody made an account with it at this very moment
            raise AddressTaken from None


def _judged(user: User, code: str, at: datetime) -> AddressChange:
    """The change whose code it is. A wrong one is counted for good: by many requests at once, too."""
    with transaction.atomic():
        change = AddressChange.objects.select_for_update(no_key=True).filter(user=user, confirmed_at=None).first()
        if change is None or change.expires_at <= at or not change.code_hash:
            raise NothingAsked
        if constant_time_compare(change.code_hash, _code_hash(change, code.replace(" ", ""))):
            return change
        change.wrong_codes += 1
        spent = change.wrong_codes >= GUESSES
        if spent:
            change.code_hash = ""
        change.save(update_fields=["wrong_codes", "code_hash"])
    raise TooManyGuesses if spent else WrongCode


def _confirm(change: AddressChange, city: Any, at: datetime) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=change.user_id)
    if not AddressChange.objects.filter(pk=change.pk, confirmed_at=None).exists():
        raise NothingAsked
    _make_room(change.new_email, but=user, at=at, refusal=AddressTaken)
    former, token = user.email, secrets.token_urlsafe(32)
    _give_address(user, change.new_email)
    change.confirmed_at, change.former_email = at, former
    change.code_hash, change.undo_hash = "", _hashed(token)
    change.save(update_fields=["confirmed_at", "former_email", "code_hash", "undo_hash"])
    record("address_changed", actor=user, subject=user)
    link = city.url.rstrip("/") + reverse("own_address_undo", args=[token])
    context = {"city": city, "link": link, "until": at + UNDO_ADDRESS_FOR}
    send_mail_later(template="accounts/email/address_changed", to=former, context=context)
    return user


def _make_room(email: str, *, but: User, at: datetime, refusal: type[AddressRefused]) -> None:
    """Erase an account that nobody ever came into and that has the address; refuse where it is somebody's."""
    same = Q(email__iexact=email) | Q(mailbox=mailbox_of(email))
    for other in User.objects.filter(same).exclude(pk=but.pk):
        if not is_unused(other) or not erase_unused(user_id=other.pk, at=at):
            raise refusal


def _give_address(user: User, email: str) -> None:
    user.email, user.mailbox = email, mailbox_of(email)
    user.save(update_fields=["email", "mailbox"])
    end_sessions(user=user)
    SignInLink.objects.filter(user=user).delete()
    user.emailaddress_set.all().delete()  # type: ignore[attr-defined]


# ── Undoing ──────────────────────────────────────────────────────────────────


def undoable_change(*, token: str, at: datetime) -> AddressChange:
    """The change that a link undoes. Raises UndoRefused."""
    change = AddressChange.objects.select_related("user").filter(undo_hash=_hashed(token)).first()
    if change is None or change.confirmed_at is None or change.confirmed_at + UNDO_ADDRESS_FOR <= at:
        raise UndoRefused
    if not change.user.is_active:
        raise UndoRefused
    return change


def undo_address_change(*, token: str, city: Any, at: datetime) -> User:
    """Give the account its former address back, whatever it was changed to since; all devices are signed out.

    The address that it had meanwhile gets a mail. Raises UndoRefused, FormerAddressTaken.
    """
    with as_owner():
        try:
            with transaction.atomic():
                return _undo(undoable_change(token=token, at=at), city, at)
        except IntegrityError:
            raise FormerAddressTaken from None


def _undo(change: AddressChange, city: Any, at: datetime) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=change.user_id)
    if not AddressChange.objects.filter(pk=change.pk).exists():  # of two at once, the second
        raise UndoRefused
    _make_room(change.former_email, but=user, at=at, refusal=FormerAddressTaken)
    left = user.email
    _give_address(user, change.former_email)
    # With it go the later ones, and their links: who changed it again has no way back.
    later = Q(confirmed_at=None) | Q(confirmed_at__gte=change.confirmed_at)
    AddressChange.objects.filter(later, user=user).delete()
    # Whoever had it meanwhile would keep its owner out with them.
    Authenticator.objects.filter(user=user, created_at__gte=change.confirmed_at).delete()
    record("address_change_undone", actor=None, subject=user)
    send_mail_later(template="accounts/email/address_undone", to=left, context={"city": city})
    return user


def _code_hash(change: AddressChange, code: str) -> str:
    """Six figures are soon tried by who reads the table: not without the secret key."""
    return salted_hmac(f"accounts.address_change.{change.pk}", code, algorithm="sha256").hexdigest()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
