"""Whose an object of Stripe's is."""

from billing.clients import stripe
from billing.clients.errors import Missing
from billing.models import Account
from common.db import connection


def wait_for_turn(object_id: str) -> None:
    """Two that read the same object do so in turn: what was read first is not written last. Until the transaction ends.

    Before the account is locked, never after: whoever has the turn may be waiting for the account.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stripe ' || %s, 0))", [object_id])


def account_of(customer_id: str) -> Account | None:
    """The account, locked; None for a customer that is not one of ours.

    A customer that Stripe has made and we have not noted yet (who made it was killed, or is at it) names its account.
    """
    accounts = Account.objects.select_for_update(of=("self",), no_key=True).select_related("municipality")
    known = accounts.filter(stripe_customer=customer_id).first()
    if known is not None:
        return known
    try:
        named = stripe.retrieve_customer(customer_id).metadata.get("account", "")
    except Missing:
        return None
    account = accounts.filter(pk=named).first() if named.isdecimal() else None
    if account is None or account.stripe_customer not in ("", customer_id):
        return None
    account.stripe_customer = customer_id
    account.save(update_fields=["stripe_customer"])
    return account
