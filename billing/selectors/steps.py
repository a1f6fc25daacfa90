"""From the quote to the payment: the five steps of a purchase, and where one is."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.enums import InvoiceKind, InvoiceState, Method
from billing.selectors.subscription import Situation, Stage
from common.templatetags.ui import full_day


@dataclass(frozen=True)
class Step:
    """`state`: done, now, or empty for what is to come."""

    name: str
    words: Any
    state: str


_NOW = {
    Stage.NO_QUOTE: 0,
    Stage.EXPIRED: 0,
    Stage.ENDED: 0,
    Stage.QUOTED: 0,
    Stage.ACCEPTED: 1,
    Stage.ORDERED: 2,
    Stage.SETTING_UP: 2,
    Stage.TO_PAY: 2,
}


def steps_of(found: Situation) -> list[Step]:
    invoice = next((each for each in found.invoices if each.kind == InvoiceKind.INVOICE), None)
    paid = invoice is not None and invoice.state == InvoiceState.PAID
    now = _NOW.get(found.stage, 5 if paid else 4 if invoice else 3)
    names = [_("Quote"), _("Purchase order"), _("Subscription"), _("Invoice"), _("Payment")]
    states = ["done" if number < now else "now" if number == now else "" for number in range(5)]
    words = [_quote(found), _order(found), _subscription(found), _invoice(found, now), _payment(found, now)]
    return [Step(*each) for each in zip(names, words, states, strict=True)]


def _quote(found: Situation) -> str:
    if found.quote and found.quote.accepted_at and found.stage not in (Stage.ENDED, Stage.EXPIRED):
        return _("accepted on %(day)s") % {"day": full_day(found.quote.accepted_at)}
    if found.stage == Stage.QUOTED:
        return _("to accept here")
    return _("to ask for here")


def _order(found: Situation) -> str:
    if found.order is not None:
        return _("received on %(day)s") % {"day": full_day(found.order.received_at)}
    return _("to send here")


def _subscription(found: Situation) -> str:
    begun = found.subscription
    if found.stage in (Stage.SETTING_UP, Stage.ORDERED):
        return _("being set up")
    if found.stage == Stage.TO_PAY:
        return _("once the card has paid")
    if begun is not None and begun.period_ends_on and found.stage not in _NOW:
        return _("until %(day)s") % {"day": full_day(begun.period_ends_on)}
    if found.quote is None or found.asks_for_a_quote:
        return _("for one to four years")
    return ngettext("for one year", "for %(count)s years", found.quote.years) % {"count": found.quote.years}


def _invoice(found: Situation, now: int) -> str:
    if now > 3:
        return _("issued")
    return _("here, and on Chorus Pro")


def _payment(found: Situation, now: int) -> str:
    if now > 4:
        return _("received in full")
    if found.subscription is not None and found.subscription.method == Method.CARD and found.stage != Stage.ENDED:
        return _("by card")
    return _("by transfer, within 30 days")
