"""Whether an account is late, and what follows for its subscription and its city."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django_tenants.utils import schema_context

from billing.enums import SubscriptionState
from billing.events import city_stopped
from billing.models import Account, Invoice
from billing.services.balances import not_covered
from billing.services.beginning import is_over
from common.outbox import announce_later
from tenants.enums import LifecycleState, Transition
from tenants.lifecycle import change_state
from tenants.models import Municipality

# A city is told twice that it will be made read-only, and has this long at least: from the last announcement, or from
# the answer to an objection.
ANNOUNCEMENTS, NOTICE = 2, timedelta(days=15)


def follow(account: Account, *, at: datetime) -> None:
    """Have the subscription and the city's state say what the invoices say. Again: nothing happens.

    For whoever has changed money, a term or an objection, in the same transaction; and each day.
    """
    with schema_context("public"), transaction.atomic():
        account = locked(account)
        city = account.municipality
        overdue = unpaid(account, on=city.day_of(at))
        _mark_subscription(account, is_late=bool(overdue))
        reason_to_stop = None if account.is_suspended else _reason_to_stop(account, overdue, on=city.day_of(at))
        if reason_to_stop is None:
            _let_write(account, at=at)
        elif account.stopped_at is None and city.state == LifecycleState.ACTIVE:
            _stop(account, reason_to_stop, at=at)


def unpaid(account: Account, *, on: date) -> list[Invoice]:
    """What is overdue, the oldest first, and of which the money has not come."""
    overdue = account.invoices.overdue(on=on).defer("facturx", "plain").order_by("available_on", "pk")
    return not_covered(account, overdue)


def locked(account: Account) -> Account:
    """Its row, locked, as it is now, with its city."""
    found: Account = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    found.municipality = Municipality.objects.get(pk=found.municipality_id)
    return found


def stops_on(invoice: Invoice) -> date | None:
    """The first day on which an unpaid invoice makes its city read-only; none before that was announced twice."""
    account, due_on = invoice.account, invoice.due_on
    if due_on is None:
        return None
    told = [each for each in invoice.reminders.all() if each.counted_from == invoice.available_on and each.foreseen_on]
    if len(told) < ANNOUNCEMENTS:
        return None
    day_of = account.municipality.day_of
    days = [due_on + _grace(), *(day_of(each.sent_at) + NOTICE for each in told)]
    if account.notice_from:
        days.append(day_of(account.notice_from) + NOTICE)
    return max(days)


def foreseen_on(invoice: Invoice, *, on: date) -> date | None:
    """What an announcement sent that day says: the earliest day of reading only. None where it would change nothing."""
    account, due_on = invoice.account, invoice.due_on
    is_concerned = account.municipality.state == LifecycleState.ACTIVE or account.stopped_at is not None
    return max(due_on + _grace(), on + NOTICE) if due_on and is_concerned else None


def _grace() -> timedelta:
    """Between the last day of the term and that of reading only (tenants.lifecycle.grace_is_over)."""
    return timedelta(days=settings.UNPAID_GRACE_DAYS + 1)


def to_follow(*, at: datetime) -> list[Account]:
    """The accounts for which a day that passes changes something."""
    # Somewhere it is tomorrow already.
    overdue = Invoice.objects.filter(account=OuterRef("pk")).overdue(on=timezone.localdate(at) + timedelta(days=1))
    return list(Account.objects.filter(Q(Exists(overdue)) | Q(stopped_at__isnull=False)).order_by("pk"))


def _mark_subscription(account: Account, *, is_late: bool) -> None:
    before, after = SubscriptionState.ACTIVE, SubscriptionState.LATE
    if not is_late:
        before, after = after, before
    account.subscriptions.filter(state=before).update(state=after)


def _let_write(account: Account, *, at: datetime) -> None:
    """Undo what `_stop` has done. Where an operator has suspended the city meanwhile: once that is lifted; where its
    subscription has been over for so long that this alone stops it: with the next one (beginning).

    One that an operator has let write, unpaid, keeps `stopped_at`: nothing stops it again for what it owed then.
    """
    if account.stopped_at is None or account.municipality.state == LifecycleState.SUSPENDED:
        return
    if account.municipality.state == LifecycleState.READ_ONLY and not is_over(
        account, on=account.municipality.day_of(at)
    ):
        why = gettext("The city objects to the invoice.") if account.is_suspended else gettext("The invoice is paid.")
        change_state(municipality=account.municipality, transition=Transition.SETTLE, actor=None, reason=why, at=at)
    account.stopped_at = None
    account.save(update_fields=["stopped_at"])


def _reason_to_stop(account: Account, overdue: list[Invoice], *, on: date) -> Invoice | None:
    for invoice in overdue:
        invoice.account = account
        day = stops_on(invoice)
        if day is not None and day <= on:
            return invoice
    return None


def _stop(account: Account, unpaid: Invoice, *, at: datetime) -> None:
    change_state(
        municipality=account.municipality,
        transition=Transition.STOP_UNPAID,
        actor=None,
        reason=gettext("Invoice %(number)s is unpaid.") % {"number": unpaid.number},
        at=at,
        unpaid_since=unpaid.due_on,
    )
    account.stopped_at = at
    account.save(update_fields=["stopped_at"])
    announce_later(city_stopped, invoice_id=unpaid.pk)
