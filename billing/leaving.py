"""What of billing leaves with a city (tenants.cells): an account with all that hangs on it.

All cells of one seller have one account at Stripe: customers, invoices and their numbers stay what they are. A row is
in one cell only, so that sums over all cells are right; here remain the numbers that left (`CityMove.left_numbers`).
"""

from django.utils import timezone

from billing.models import (
    Account,
    AnsweredObjection,
    Band,
    Call,
    Contact,
    Deposit,
    Difference,
    InterestClaim,
    InterestRate,
    Invoice,
    OrderedYear,
    OrderLink,
    Payment,
    PlanVersion,
    PurchaseOrder,
    Quote,
    QuotePdf,
    Reminder,
    Series,
    Subscription,
    VatRate,
    WebhookEvent,
)
from billing.services.mirror import read_again
from common.outbox import enqueue_each_at
from tenants.cells.register import found_by, leaves, leaves_by_key, on_arrival, stays
from tenants.models import Municipality

leaves(Account, of="municipality", named="account_id", in_keys="customer closing refund_cash")
leaves(Contact, of="account__municipality")
leaves(AnsweredObjection, of="account__municipality")
leaves(Difference, of="account__municipality")
leaves(Quote, of="account__municipality", named="quote_id", in_keys="quote renewal")
leaves(QuotePdf, of="quote__account__municipality")
leaves(PurchaseOrder, of="quote__account__municipality")
leaves(OrderLink, of="quote__account__municipality")
leaves(
    Subscription,
    of="account__municipality",
    named="subscription_id",
    in_keys="subscription arrears page ends vat",
)
leaves(OrderedYear, of="subscription__account__municipality")
leaves(
    Invoice,
    of="account__municipality",
    named="invoice_id",
    in_keys="paid cash credit replacing advance",
    number="number",
)
leaves(Deposit, of="invoice__account__municipality")
leaves(Reminder, of="invoice__account__municipality")
leaves(Payment, of="account__municipality", named="payment_id", in_keys="refund part")
leaves(InterestClaim, of="invoice__account__municipality", named="claim_id")
leaves_by_key(Call, "key")
found_by(PlanVersion, "number")
found_by(InterestRate, "from_on")
stays(Band, VatRate, Series, WebhookEvent)


@on_arrival
def read_all_again(city: Municipality) -> None:
    """What Stripe told while the city was on its way, it told nobody."""
    now = timezone.now()
    for account in Account.objects.filter(municipality=city).exclude(stripe_customer=""):
        objects = [("customer.", account.stripe_customer)]
        kept = account.subscriptions.exclude(stripe_id="")
        objects += [("customer.subscription.", each) for each in kept.values_list("stripe_id", flat=True)]
        objects += [("invoice.", each) for each in account.invoices.unpaid().values_list("stripe_id", flat=True)]
        enqueue_each_at(read_again, [(now, {"kind": kind, "object_id": each}) for kind, each in objects])
