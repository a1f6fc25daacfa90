"""Coming in with a code: one mail holds a code to type and a link to open, and each works once.

Wrong codes are counted for a mailbox, in all cities and browsers together (accounts.limits): after five of them its
codes are over and only links let in, so that nobody can guess, and nobody can keep somebody else out by guessing.
"""

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.limits import SIGN_IN_GUESSES, SIGN_IN_MAILS, SIGN_IN_MAILS_OF_OWN
from accounts.mail import send_mail_later
from accounts.mailboxes import mailbox_of
from accounts.models import SignInLink, User
from accounts.newcomers import count_first_entry
from accounts.selectors import person_of
from accounts.services import find_or_create_user, issue_sign_in_link, spend
from common.db import connection
from common.languages import present_language
from common.limits import TooMany, consume, exhausted_until, give_back
from common.refusals import Refusal

_CODE = re.compile("[0-9]{6}")


class WrongCode(Refusal):
    """None of the codes that were sent lately."""

    code = "wrong_code"
    status = 422
    message = _("This is none of the codes that we sent you in the last 15 minutes. Look at the latest message.")


class NoCode(WrongCode):
    """What we never send: no guess, and not counted."""

    code = "no_code"
    message = _("The code has six figures.")


def send_code(
    *,
    email: str,
    request: HttpRequest,
    city: Any,
    carried: dict[str, Any],
    may_join: bool,
    template: str = "accounts/email/sign_in",
) -> None:
    """Mail a code and a link to `email`, if somebody has an account with it or, with `may_join`, makes one so.

    `carried` is what they had begun: the link brings it to another device. Raises TooMany.
    """
    email = email.strip().lower()
    _count_mail(email, request)
    with transaction.atomic():
        if may_join:
            user: User | None = find_or_create_user(email=email)
        else:
            user = person_of(email)
        if user is None or not user.is_active:
            return
        token = issue_sign_in_link(user=user, carried=carried)
        # Where codes are over for now, a message with one would promise what does not work.
        code = "" if exhausted_until(SIGN_IN_GUESSES, key=mailbox_of(email)) else get_random_string(6, "0123456789")
        if code:
            link = user.sign_in_links.latest("pk")
            link.code_hash = _hashed(link, code)
            link.save(update_fields=["code_hash"])
        root = city.url.rstrip("/") if city else settings.PUBLIC_BASE_URL
        send_mail_later(
            template=template,
            to=user.email,
            context={"city": city, "code": code, "link": root + reverse("sign_in_link", args=[token])},
            is_awaited=True,
            language=present_language(),
        )


def _count_mail(email: str, request: HttpRequest) -> None:
    """One more mail to this mailbox. What strangers have used up elsewhere keeps nobody out of their own city."""
    try:
        consume(SIGN_IN_MAILS, request=request, key=mailbox_of(email))
    except TooMany as refusal:
        user = None if refusal.of_network else person_of(email)
        if user is None or user.last_login is None:
            raise
        consume(SIGN_IN_MAILS_OF_OWN, key=f"{connection.schema_name}|{user.pk}")


def spend_code(*, email: str, code: str, request: HttpRequest, at: datetime) -> SignInLink:
    """Use up the code and the link of the mail that it came in. Raises WrongCode; or TooMany, for a right one too.

    Every code that was sent and has not ended is good, not only the last: a stranger who asks for one more keeps
    nobody out.
    """
    email, code = email.strip().lower(), "".join(code.split())
    if not _CODE.fullmatch(code):
        raise NoCode
    try:
        consume(SIGN_IN_GUESSES, request=request, key=mailbox_of(email))
    except TooMany as refusal:
        if not refusal.of_network:
            _end_codes(email)
        raise
    link = _link_of(email, code, at)
    if link is not None:
        try:
            count_first_entry(user=link.user, request=request)
        except TooMany:  # the code was right, and goes on
            give_back(SIGN_IN_GUESSES, request=request, key=mailbox_of(email))
            raise
    if link is None or not spend(link, at=at):
        if exhausted_until(SIGN_IN_GUESSES, key=mailbox_of(email)):
            _end_codes(email)
        raise WrongCode
    give_back(SIGN_IN_GUESSES, request=request, key=mailbox_of(email))
    give_back(SIGN_IN_MAILS, request=request, key=mailbox_of(email))
    return link


def forgive_guesses(*, email: str) -> None:
    """Whoever has come in by a link reads the mailbox: its codes are taken again."""
    for _guess in range(SIGN_IN_GUESSES.rates[0].amount):
        give_back(SIGN_IN_GUESSES, key=mailbox_of(email))


def _link_of(email: str, code: str, at: datetime) -> SignInLink | None:
    sent = _links_of(email).filter(user__is_active=True, used_at=None, expires_at__gt=at)
    fitting = [
        link
        for link in sent.exclude(code_hash="").select_related("user").order_by("pk")
        if constant_time_compare(link.code_hash, _hashed(link, code))
    ]
    return fitting[0] if fitting else None


def _end_codes(email: str) -> None:
    _links_of(email).exclude(code_hash="").update(code_hash="")


def _links_of(email: str) -> QuerySet[SignInLink]:
    return SignInLink.objects.filter(user=person_of(email) or 0)


def _hashed(link: SignInLink, code: str) -> str:
    """Six figures are soon tried by who reads the table: not without the secret key."""
    return salted_hmac(f"accounts.codes.{link.pk}", code, algorithm="sha256").hexdigest()
