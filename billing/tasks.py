"""Thin entry points for the worker and the scheduler."""

import logging
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from billing.models import Account
from billing.services import (
    activation,
    card_reminders,
    closing,
    corrections,
    ending,
    last_days,
    mirror_cash,
    order_links,
    parts,
    payments,
    reconciliation,
    refunds,
    reminders,
    renewing,
    standing,
    vat_of_periods,
    webhooks,
)
from billing.services.arrears import invoice_ended_periods
from billing.services.issuing import issue_what_waits

# Imported for the outbox, which names what they do.
BY_NAME = (
    activation,
    card_reminders,
    closing,
    corrections,
    ending,
    mirror_cash,
    parts,
    payments,
    refunds,
    renewing,
    vat_of_periods,
    webhooks,
)
logger = logging.getLogger(__name__)


@shared_task(name="billing.tasks.issue_what_waits")
def issue_waiting(**kwargs: Any) -> int:
    """Each hour: what a check held back leaves once that is mended."""
    return issue_what_waits(at=timezone.now())


@shared_task(name="billing.tasks.follow_terms")
def follow_terms(**kwargs: Any) -> None:
    """Each day: write about what is overdue, and have cities follow. Reads what is late only, and may run twice."""
    at = timezone.now()
    with schema_context("public"):
        for account_id in mirror_cash.with_cash():
            with transaction.atomic():
                mirror_cash.use_cash(standing.locked(Account(pk=account_id)), at=at)
        for invoice in reminders.to_remind(at=at):
            try:
                reminders.remind(invoice, at=at)
            except Exception:
                logger.exception("reminder left for the next time: invoice %s", invoice.pk)
        for account in standing.to_follow(at=at):
            try:
                standing.follow(account, at=at)
            except Exception:
                logger.exception("left for the next time: account %s", account.pk)


@shared_task(name="billing.tasks.follow_prices")
def follow_prices(**kwargs: Any) -> None:
    """Each day: the VAT of the next period, where it changes. Reads what ends soon only, and may run twice."""
    at = timezone.now()
    with schema_context("public"):
        for pk in vat_of_periods.to_look_at(at=at):
            try:
                vat_of_periods.follow_rate(pk, at=at)
            except Exception:
                logger.exception("rate of VAT left for the next time: subscription %s", pk)


@shared_task(name="billing.tasks.follow_ends")
def follow_ends(**kwargs: Any) -> None:
    """Each day: tell of orders that no card pays, and of what ends; ask for the numbers of later years; stop what has
    been over long enough.
    """
    at = timezone.now()
    with schema_context("public"):
        rounds = [
            (card_reminders.to_tell, card_reminders.tell),
            (last_days.to_tell, last_days.tell),
            (last_days.years_to_ask, last_days.ask_for_number),
        ]
        for waiting, do in [*rounds, (last_days.to_stop, last_days.stop)]:
            for pk in waiting(at=at):
                try:
                    do(pk, at=at)
                except Exception:
                    logger.exception("left for the next time: %s of %s", do.__name__, pk)


@shared_task(name="billing.tasks.invoice_ended_periods")
def invoice_periods(**kwargs: Any) -> int:
    """Each night: who pays once the service is done is invoiced for what is over."""
    return invoice_ended_periods(at=timezone.now())


@shared_task(name="billing.tasks.forget_order_links")
def forget_order_links(**kwargs: Any) -> int:
    """Each night: addresses of accountants that are of no use any more."""
    with schema_context("public"):
        return order_links.forget_past_links(at=timezone.now())


@shared_task(name="billing.tasks.reconcile")
def reconcile(**kwargs: Any) -> int:
    """Each night: what Stripe has and what we have."""
    with schema_context("public"):
        return reconciliation.reconcile(at=timezone.now())
