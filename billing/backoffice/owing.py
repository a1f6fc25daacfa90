"""What is to be paid, and how: with what a town hall needs to do it, or to say why not."""

from typing import Any

from django_tenants.utils import schema_context

from billing.enums import HELD_UP
from billing.selectors.subscription import Situation
from billing.services.balances import on_account
from billing.services.pack import bank_known
from billing.services.standing import stops_on


def owed(found: Situation) -> dict[str, Any] | None:
    """Of the oldest invoice that is overdue, or else to be paid; `spare`: money that has paid nothing."""
    if found.account is None:
        return None
    with schema_context("public"):
        spare = max(0, on_account(found.account) + found.account.cash_cents)
        waiting = found.overdue or found.unpaid
        if not waiting:
            return {"spare": spare, "invoice": None, "held_up": False} if spare else None
        invoice = waiting[-1]
        invoice.account = found.account
        step = invoice.deposits.last()
        is_held_up = step is not None and step.state in HELD_UP
        return {
            "invoice": invoice,
            "held_up": is_held_up,
            "why": step.note if step and is_held_up else "",
            "is_overdue": bool(found.overdue),
            "stops_on": stops_on(invoice),
            "bank": bank_known(found.account),
            "spare": spare,
        }
