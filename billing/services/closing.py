"""A city that is closed is invoiced no more; once it is deleted, what it has subscribed to is over.

What was issued stays, and stays due. Reopened in time, all goes on where it was.
"""

from datetime import datetime

from django.utils import timezone

from accounts.audit import record
from billing.clients import invoices, stripe
from billing.enums import InvoiceState, QuoteState, SubscriptionState
from billing.models import Account, Call, Invoice, Subscription
from billing.services import card, selling
from billing.services.calls import keep, once
from billing.services.standing import locked
from common.outbox import enqueue, outbox_task
from tenants.enums import LifecycleState
from tenants.models import Municipality

NOT_INVOICED = (LifecycleState.CLOSED, LifecycleState.DELETED)


def follow_city(municipality_id: int, *, at: datetime) -> None:
    """Have what it pays follow that it was closed, reopened or deleted. By a worker, told at least once."""
    for account in Account.objects.filter(municipality=municipality_id):
        number = Call.objects.filter(key__startswith=_key(account, "")).count() + 1
        keep(_key(account, number), at=at)
        enqueue(end_or_go_on, account_id=account.pk, number=number)


@outbox_task
def end_or_go_on(*, account_id: int, number: int, **kwargs: object) -> None:
    """By the state that the city has now: tasks come in any order, and twice."""
    at = timezone.now()
    account = locked(Account.objects.get(pk=account_id))
    city = account.municipality
    if city.state == LifecycleState.DELETED:
        for subscription in account.subscriptions.exclude(state=SubscriptionState.ENDED):
            _end(subscription, city, at=at)
        # Done twice it is the same.
        once(_key(account, number), lambda _unused: _cancel(account), find=lambda: "", at=at)
        account.quotes.filter(state=QuoteState.ISSUED).update(state=QuoteState.WITHDRAWN)
    for draft in account.invoices.filter(number=None):
        hold(draft, city, at=at)


def hold(draft: Invoice, city: Municipality, *, at: datetime) -> None:
    """Have Stripe give it no number while its city is closed, and none for ever once it is deleted."""
    if city.state == LifecycleState.DELETED:
        Invoice.objects.filter(pk=draft.pk, number=None).update(state=InvoiceState.CANCELLED)
    begins = f"advance:{draft.pk}:"
    key = f"{begins}{Call.objects.filter(key__startswith=begins).count() + 1}"
    keep(key, at=at)
    enqueue(tell_draft, invoice_id=draft.pk, key=key)


@outbox_task
def tell_draft(*, invoice_id: int, key: str, **kwargs: object) -> None:
    """By the state that its city has now. One that has its number already was issued: it stays, and is owed."""
    account = locked(Account.objects.get(invoices=invoice_id))
    draft = Invoice.objects.only("stripe_id").get(pk=invoice_id)
    goes_on = account.municipality.state not in NOT_INVOICED

    def tell(key: str) -> str:
        if invoices.retrieve_invoice(draft.stripe_id).status != "draft":
            return draft.stripe_id
        return invoices.let_advance(key=key, invoice_id=draft.stripe_id, goes_on=goes_on).id

    once(key, tell, find=lambda: "", at=timezone.now())


def _end(subscription: Subscription, city: Municipality, *, at: datetime) -> None:
    subscription.state, subscription.ends_on = SubscriptionState.ENDED, city.day_of(at)
    subscription.save(update_fields=["state", "ends_on"])
    card.close_page(subscription)
    record("subscription_over", actor=None, subject=subscription)


def _cancel(account: Account) -> str:
    """All that is ours and goes on at Stripe, what we have not noted yet too; how many. Its drafts stay drafts."""
    if not account.stripe_customer:
        return "0"
    ours = [selling.metadata_of(each) for each in account.subscriptions.select_related("quote")]
    theirs = stripe.subscriptions(customer_id=account.stripe_customer)
    going_on = [each.id for each in theirs if each.ended_at is None and each.metadata in ours]
    for each in going_on:
        stripe.cancel_subscription(each)
    return str(len(going_on))


def _key(account: Account, number: int | str) -> str:
    return f"closing:{account.pk}:{number}"
