"""Our rows say what Stripe says.

An event only says which object to read again: events come twice, in any order, late. What is read is what is there
now, so whatever comes last, or comes again, finds everything done.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from billing.clients import money, stripe
from billing.clients.errors import Missing
from billing.clients.records import Subscription as AtStripe
from billing.enums import Method, SubscriptionState
from billing.models import Account, Payment, Subscription, WebhookEvent
from billing.services.beginning import begin
from billing.services.ending import ask_end, note_over
from billing.services.mirror_accounts import account_of, wait_for_turn
from billing.services.mirror_cash import mirror_customer
from billing.services.mirror_invoices import mirror_credit_note, mirror_invoice
from billing.services.refunds import tell_failed
from common.outbox import outbox_task

_METHODS = {"send_invoice": Method.TRANSFER, "charge_automatically": Method.CARD}
_OVER = ("canceled", "incomplete_expired")
_BEGUN = ("active", "trialing", "past_due", "unpaid")


@outbox_task
def take(*, event_id: str, **kwargs: object) -> None:
    """Do what follows from an event, and from all that wait of the same object; again: nothing."""
    at = timezone.now()
    event = WebhookEvent.objects.filter(pk=event_id, processed_at=None).first()
    if event is None:
        return
    with transaction.atomic(savepoint=False):
        wait_for_turn(event.object_id)
        # Those that are there before the object is read: one that comes meanwhile may know more.
        waiting = WebhookEvent.objects.filter(object_id=event.object_id, processed_at=None)
        known = list(waiting.values_list("pk", flat=True))
        if known:
            outcome = _read(event.type, event.object_id, at=at)
            WebhookEvent.objects.filter(pk__in=known).update(processed_at=at, outcome=outcome)


@outbox_task
def read_again(*, kind: str, object_id: str, **kwargs: object) -> None:
    """As for an event of that kind."""
    _read(kind, object_id, at=timezone.now())


def _read(kind: str, object_id: str, *, at: datetime) -> str:
    mirror = next(mirror for begins, mirror in _MIRRORS.items() if kind.startswith(begins))
    try:
        return mirror(object_id, at=at)
    except Missing:
        return "missing"


def mirror_subscription(subscription_id: str, *, at: datetime) -> str:
    with transaction.atomic():
        wait_for_turn(subscription_id)
        found = stripe.retrieve_subscription(subscription_id)
        account = account_of(found.customer_id)
        subscription = _row_of(found, account) if account else None
        if account is None or subscription is None:
            return "unknown"
        subscription.account = account
        begins_on, ends_on = subscription.days_of(found.items[0].period_start, found.items[0].period_end)
        subscription.stripe_id, subscription.method = found.id, _METHODS[found.collection_method]
        subscription.period_begins_on, subscription.period_ends_on = begins_on, ends_on
        was_over = subscription.state == SubscriptionState.ENDED
        if found.status in _OVER:
            subscription.state = SubscriptionState.ENDED
            subscription.ends_on = (
                min(ends_on, account.municipality.day_of(found.ended_at)) if found.ended_at else ends_on
            )
        subscription.save(
            update_fields=["stripe_id", "method", "period_begins_on", "period_ends_on", "ends_on", "state"],
        )
        if subscription.state == SubscriptionState.PENDING and found.status in _BEGUN:
            begin(subscription, begins_on=begins_on, ends_on=ends_on, at=at)
        elif subscription.state == SubscriptionState.ENDED and not was_over:
            note_over(subscription)
        if subscription.runs and found.cancel_at_period_end is not subscription.is_in_its_last_year:
            ask_end(subscription, at=at)
    return "read"


def _row_of(found: AtStripe, account: Account) -> Subscription | None:
    """Ours; one that Stripe has made and we have not noted yet names ours."""
    ours = Subscription.objects.select_for_update(of=("self",), no_key=True).filter(account=account)
    known = ours.filter(stripe_id=found.id).first()
    if known is not None:
        return known
    named = found.metadata.get("subscription", "")
    return ours.filter(pk=named, stripe_id="").first() if named.isdecimal() else None


def mirror_checkout(page_id: str, *, at: datetime) -> str:
    page = money.retrieve_checkout_page(page_id)
    if not page.subscription_id:
        return "read"
    return mirror_subscription(page.subscription_id, at=at)


def mirror_refund(refund_id: str, *, at: datetime) -> str:
    """With the invoice that was paid, whose own events find the refund too; or with the customer's cash."""
    refund = money.retrieve_refund(refund_id)
    if not refund.payment_intent_id:
        outcome = mirror_customer(refund.customer_id, at=at)
        account = Account.objects.filter(stripe_customer=refund.customer_id).first()
    else:
        of_intent = Payment.objects.filter(stripe_intent=refund.payment_intent_id)
        paid = of_intent.select_related("invoice", "account").first()
        if paid is None or paid.invoice is None:
            return "unknown"
        outcome, account = mirror_invoice(paid.invoice.stripe_id, at=at), paid.account
    if refund.has_failed and account is not None:
        tell_failed(account, refund, at=at)
    return outcome


def mirror_dispute(dispute_id: str, *, at: datetime) -> str:
    """Operators answer it at Stripe: it is among the differences (selectors.differences)."""
    return "for_operators"


# By how the kinds of events begin: the longer ones first.
_MIRRORS: dict[str, Callable[..., str]] = {
    "charge.dispute.": mirror_dispute,
    "checkout.session.": mirror_checkout,
    "credit_note.": mirror_credit_note,
    "customer.subscription.": mirror_subscription,
    "customer": mirror_customer,
    "invoice.": mirror_invoice,
    "refund.": mirror_refund,
}
