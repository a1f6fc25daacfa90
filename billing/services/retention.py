"""What is kept of a sale that came to nothing, and of what Stripe told (common.retention).

What was invoiced stays: accounts are kept ten years (C. com., article L123-22), with whom invoices were sent to. So do
the keys of calls, which keep anything from being done twice and name nobody.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from billing.models import Account, PurchaseOrder, Quote, WebhookEvent
from common.retention import forgets, keeps, span
from tenants.enums import LifecycleState

# From the last day of its validity: as long as one may go on writing to who has asked for a price (CNIL).
QUOTE_KEPT = timedelta(days=3 * 365)
# Stripe sends an event again for three days, and remembers it for thirty.
EVENT_KEPT = timedelta(days=90)

_SALES = keeps(
    128,
    _("Of the city’s team: who signed for a quote, who gets the invoices"),
    _("To invoice the authority, and to show whom it was agreed with."),
    format_lazy(
        _("Ten years with the accounts. Where nothing was bought: {kept} after the quote, or until the platform goes."),
        kept=span(QUOTE_KEPT),
    ),
)


def _delete_quotes(quotes: QuerySet[Quote]) -> None:
    PurchaseOrder.objects.filter(quote__in=quotes).delete()
    quotes.delete()


def _delete_accounts(accounts: QuerySet[Account]) -> None:
    _delete_quotes(Quote.objects.filter(account__in=accounts))
    accounts.delete()


@forgets("quotes that came to nothing", _SALES, delete=_delete_quotes, in_cities=False, in_public=True)
def quotes_over(*, at: datetime) -> QuerySet[Quote]:
    return Quote.objects.free().filter(valid_until__lt=(at - QUOTE_KEPT).date())


@forgets(
    "accounts of deleted cities that never bought", _SALES, delete=_delete_accounts, in_cities=False, in_public=True
)
def accounts_over(*, at: datetime) -> QuerySet[Account]:
    """With their contacts, quotes and orders."""
    never = Account.objects.filter(subscriptions=None, invoices=None, payments=None, differences=None)
    return never.filter(municipality__state=LifecycleState.DELETED, stripe_customer="")


@forgets("what Stripe told", _SALES, in_cities=False, in_public=True)
def events_over(*, at: datetime) -> QuerySet[WebhookEvent]:
    """Numbers of objects alone; what waits to be taken up stays, and is shown as a difference."""
    return WebhookEvent.objects.filter(processed_at__lt=at - EVENT_KEPT)
