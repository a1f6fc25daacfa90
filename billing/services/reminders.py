"""What is written to a town hall about an invoice that is overdue: three times, each once."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from billing.models import Account, Invoice, Reminder
from billing.services.contacts import administrators_of, each_once, page_of
from billing.services.mailing import mail_with_document, to_pay
from billing.services.standing import foreseen_on, locked, unpaid
from tenants.enums import LifecycleState

# Days after that on which the city could read the invoice. Nobody is written to again within a week, however late
# a day was entered.
DAYS = (31, 38, 60)
APART = timedelta(days=7)


def remind(invoice: Invoice, *, at: datetime) -> Reminder | None:
    """Send the reminder whose day has come, if there is one; none where the city objects, or nobody is to be told."""
    with schema_context("public"), transaction.atomic():
        account = locked(invoice.account)
        today = account.municipality.day_of(at)
        due = next((each for each in unpaid(account, on=today) if each.pk == invoice.pk), None)
        if due is None or due.available_on is None or account.is_suspended:
            return None
        due.account = account
        day = _day_that_has_come(due, on=today)
        if day is None:
            return None
        people = readers(account)
        if not people:
            return None
        reminder = Reminder.objects.create(
            invoice=due,
            day=day,
            counted_from=due.available_on,
            foreseen_on=None if day == DAYS[0] else foreseen_on(due, on=today),
            sent_at=at,
        )
        record("reminder_sent", actor=None, subject=due, number=due.number, day=day)
        for address in people:
            # With the invoice itself: who reads it has no account on the platform, most often, and hands it on.
            mail_with_document(due, template="billing/email/reminder", to=address, context=_told(reminder))
        return reminder


def _day_that_has_come(invoice: Invoice, *, on: date) -> int | None:
    if invoice.available_on is None:
        return None
    sent = list(invoice.reminders.filter(counted_from=invoice.available_on))
    day = next((day for day in DAYS if day not in {each.day for each in sent}), None)
    if day is None or on < invoice.available_on + timedelta(days=day):
        return None
    day_of = invoice.account.municipality.day_of
    return None if any(on < day_of(each.sent_at) + APART for each in sent) else day


def tell_of_reading_only(*, invoice_id: int) -> None:
    """Write to the same, its invoice enclosed, that the city only reads; not where that is over already. In public."""
    account = Account.objects.select_related("municipality").get(invoices=invoice_id)
    if account.stopped_at is None or account.municipality.state != LifecycleState.READ_ONLY:
        return
    owed = unpaid(account, on=account.municipality.day_of(account.stopped_at))
    invoice = next((each for each in owed if each.pk == invoice_id), None)
    if invoice is None:
        return
    invoice.account = account
    for address in readers(account):
        mail_with_document(invoice, template="billing/email/read_only", to=address, context=_about(invoice))


def _told(reminder: Reminder) -> dict[str, Any]:
    return {
        **_about(reminder.invoice),
        "reminder": reminder,
        "is_stopped": reminder.invoice.account.stopped_at is not None,
        "is_first": reminder.day == DAYS[0],
        "is_last": reminder.day == DAYS[-1],
    }


def _about(invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice": invoice,
        "municipality": invoice.account.municipality,
        "service_email": settings.SERVICE_EMAIL,
        "page": page_of(invoice.account.municipality),
        **to_pay(invoice),
    }


def readers(account: Account) -> list[str]:
    """Whom reminders go to: the contacts that the city has named for them, and its administrators, whom what follows
    concerns.

    Nobody where nobody has verified that the authority is one: the addresses are what somebody typed.
    """
    if not account.municipality.verified_at:
        return []
    named = account.contacts.filter(gets_reminders=True).values_list("email", flat=True)
    return each_once([*named, *administrators_of(account.municipality)])


def to_remind(*, at: datetime) -> list[Invoice]:
    """Those of which a reminder may be due, the oldest first."""
    # Somewhere it is tomorrow already.
    overdue = Invoice.objects.overdue(on=timezone.localdate(at) + timedelta(days=1))
    return list(overdue.select_related("account").order_by("available_on", "pk"))
