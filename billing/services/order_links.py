"""Having the accountant of the authority fill in the order: by a link that opens one quote, and nothing else.

The link is kept nowhere but in the mail; here stands its hash.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from billing.documents.amounts import printed
from billing.enums import QuoteState
from billing.models import OrderLink, Quote, Subscription
from billing.services.contacts import administrators_of, page_of
from billing.services.ordering import order_subscription
from billing.services.purchase_orders import OrderTaken
from billing.services.quotes import SIGNATURE, check_accepted, check_verified
from billing.services.standing import locked
from common.refusals import Refusal
from tenants.models import Municipality

HOLDS = timedelta(days=14)
# Of a link that nobody used, so long the desk says where it went.
_SAID_FOR = timedelta(days=30)
# Whoever presses twice wants one mail, not a second link that voids the first.
_A_SECOND_PRESS = timedelta(minutes=1)


class LinkGone(Refusal):
    """Withdrawn, replaced, too old, never made, or of a quote that was set aside."""

    code = "order_link_gone"
    status = 410
    message = gettext_lazy("This link no longer works")


def send_link(*, quote: Quote, email: str, actor: User, at: datetime) -> None:
    """Mail a new link, in the city's name; one that was sent before is void. Called from the city's own schema.

    Raises NotVerified, OrderTaken, QuoteNotAccepted, QuoteGone.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        with schema_context("public"):
            account = locked(quote.account)
            city = account.municipality
            quote = Quote.objects.select_for_update(no_key=True, of=("self",)).get(pk=quote.pk)
            check_verified(account)
            _must_wait_for_its_order(quote)
            former = OrderLink.objects.filter(quote=quote).first()
            if former and former.email == email and at - former.sent_at < _A_SECOND_PRESS:
                return
            said = {"email": email, "token_hash": _hashed(token), "sent_at": at, "expires_at": at + HOLDS}
            link, _is_new = OrderLink.objects.update_or_create(quote=quote, defaults={**said, "used_at": None})
            place = reverse("order_link", args=[token], urlconf=settings.ROOT_URLCONF)
            context = {
                "city": city,
                "quote": quote,
                "price": printed(quote.total_cents),
                "asked_by": actor.email,
                "link": city.url.rstrip("/") + place,
                "expires_on": city.day_of(link.expires_at),
            }
            send_mail_later(template="billing/email/order_link", to=email, context=context)
        record("order_link_sent", actor=actor, subject=quote, number=quote.number)


def _must_wait_for_its_order(quote: Quote) -> None:
    if quote.is_ordered:
        raise OrderTaken
    check_accepted(quote)


def withdraw_link(*, quote: Quote, actor: User) -> None:
    """Whoever has it reads and sends nothing any more; none there: nothing happens. Called like `send_link`."""
    with transaction.atomic():
        with schema_context("public"):
            locked(quote.account)
            gone, _each = OrderLink.objects.filter(quote=quote, used_at=None).delete()
        if gone:
            record("order_link_withdrawn", actor=actor, subject=quote, number=quote.number)


def link_of(*, token: str, municipality: Municipality, at: datetime) -> OrderLink:
    """With its quote; one by which the order came too. Raises LinkGone."""
    with schema_context("public"):
        links = OrderLink.objects.select_related("quote__account", "quote__order", "quote__subscription")
        found = (
            links.defer("quote__order__file")
            .filter(token_hash=_hashed(token), expires_at__gt=at, quote__account__municipality=municipality.pk)
            .exclude(quote__state=QuoteState.WITHDRAWN)
            .first()
        )
    if found is None:
        raise LinkGone
    return found


def order_by_link(*, token: str, municipality: Municipality, signed: str, at: datetime, **order: Any) -> Subscription:
    """As at the desk (`order`: what place_order takes), in the name of `signed`, and tell the administrators.

    Called from the city's own schema. Raises LinkGone, TextTooShort, TextTooLong, and what order_subscription raises.
    """
    signed = SIGNATURE.cleaned(signed)
    with transaction.atomic():
        with schema_context("public"):
            account = locked(link_of(token=token, municipality=municipality, at=at).quote.account)
        # Again: withdrawn while somebody else had the lock, it is gone.
        link = link_of(token=token, municipality=municipality, at=at)
        made = order_subscription(quote=link.quote, actor=None, at=at, placed_by=signed, by_link=link.email, **order)
        with schema_context("public"):
            OrderLink.objects.filter(pk=link.pk).update(used_at=at, email="")
            city = account.municipality
            context = {"city": city, "quote": link.quote, "page": page_of(city)}
            for address in administrators_of(city):
                send_mail_later(template="billing/email/order_received", to=address, context=context)
    return made


def forget_past_links(*, at: datetime) -> int:
    """Those that were used or left unused long enough ago; how many. In public."""
    gone, _each = OrderLink.objects.filter(expires_at__lt=at - _SAID_FOR).delete()
    used, _each = OrderLink.objects.filter(expires_at__lt=at, used_at__isnull=False).delete()
    return gone + used


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
