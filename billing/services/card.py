"""Paying by card, on a page of Stripe's: a task has it made, and the desk leads there by a plain link.

So no process of the web site ever loads Stripe's library, and nobody waits for Stripe in front of a page.
"""

from datetime import datetime, timedelta

from billing.clients import money
from billing.clients.errors import Missing, Refused
from billing.enums import SubscriptionState
from billing.models import Call, Subscription
from billing.services import selling
from billing.services.calls import keep, once

# Whoever follows the link has this long at least.
_LEFT = timedelta(minutes=30)


def link_of(subscription: Subscription, *, at: datetime) -> str:
    """Where to pay; empty while the page is being made, and once it is over: ask for another one (`activate`)."""
    is_open = subscription.state == SubscriptionState.PENDING and not has_no_page(subscription, at=at)
    return subscription.page_url if is_open else ""


def has_no_page(subscription: Subscription, *, at: datetime) -> bool:
    return subscription.page_ends_at is None or at + _LEFT > subscription.page_ends_at


def is_being_made(subscription: Subscription) -> bool:
    """Whether one is asked for that is not there yet."""
    return Call.objects.filter(key__startswith=_begins(subscription), done_at=None).exists()


def keep_key(subscription: Subscription, *, at: datetime) -> None:
    """Of the next page; while one is being made, of that one."""
    keep(_key(subscription), at=at)


def open_page(subscription: Subscription, customer: str, price: str, rate: str | None, *, at: datetime) -> bool:
    """In a task. One page is open at a time: two would be paid twice. Whether the last one is paid: then there is none.

    Who has it before them still, its link being led to no more, finds it closed.
    """
    if not has_no_page(subscription, at=at):
        return False
    if close_page(subscription):
        return True
    # The desk's page of the subscription: it says what has come of it.
    back = f"{subscription.account.municipality.url}gestion/abonnement/"
    made = once(
        _key(subscription),
        lambda key: (
            money.create_checkout_page(
                key=key,
                customer_id=customer,
                price_id=price,
                tax_rate_id=rate,
                success_url=f"{back}?carte=payee",
                cancel_url=back,
                metadata=selling.metadata_of(subscription),
            ).id
        ),
        find=lambda: "",  # nobody was led to it, and it ends by itself
        at=at,
    )
    page = money.retrieve_checkout_page(made)
    subscription.stripe_page, subscription.page_url, subscription.page_ends_at = page.id, page.url, page.expires_at
    subscription.save(update_fields=["stripe_page", "page_url", "page_ends_at"])
    return False


def close_page(subscription: Subscription) -> bool:
    """Nobody pays on it any more; whether somebody has, before. On one that is over already nothing changes."""
    if not subscription.stripe_page:
        return False
    try:
        money.expire_checkout_page(subscription.stripe_page)
    except Missing:
        return False
    except Refused:
        return money.retrieve_checkout_page(subscription.stripe_page).status == "complete"
    return False


def _key(subscription: Subscription) -> str:
    begins = _begins(subscription)
    return f"{begins}{Call.objects.filter(key__startswith=begins, done_at__isnull=False).count() + 1}"


def _begins(subscription: Subscription) -> str:
    return f"page:{subscription.pk}:"
