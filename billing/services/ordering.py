"""The purchase order that begins a subscription: one call, done whole or not at all."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from billing.enums import Method
from billing.models import Quote, Subscription
from billing.services.activation import activate
from billing.services.quotes import place_order


def order_subscription(
    *, quote: Quote, actor: User | None, at: datetime, method: str = Method.TRANSFER, **order: Any
) -> Subscription:
    """Place the order of a quote (`order`: what place_order takes), and have its subscription made.

    `actor`: None where the accountant of the authority sends it, by the link of a mail. Again: OrderTaken, and nothing
    that was sent first is changed. Raises what place_order and activate raise.
    """
    with transaction.atomic():
        place_order(quote=quote, actor=actor, at=at, **order)
        return activate(quote=quote, actor=actor, at=at, method=method)
