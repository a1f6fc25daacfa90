"""Each night: what Stripe has and our rows have not, found, read again, and what stays shown to operators."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from billing.clients import stripe
from billing.enums import DifferenceCode
from billing.models import Difference, Invoice, Subscription
from billing.selectors.differences import ON_ITS_WAY, Found, differences
from billing.services import activation, mirror, parts, vat_of_periods
from billing.services.calls import keep
from billing.services.payments import key_of, tell_paid
from billing.services.webhooks import receive
from common.outbox import enqueue, offer_again
from common.text import Words

logger = logging.getLogger(__name__)
EXPLANATION = Words(minimum=10, maximum=500, one_line=True)
# A webhook that did not come is sent again for three days.
_MISSED = timedelta(days=4)


@dataclass(frozen=True)
class Way:
    """To mend a difference: what the button says, what it does, and what to do where that was not enough."""

    label: Promise
    advice: Promise
    mend: Callable[[Difference], object] | None = None

    @property
    def can_mend(self) -> bool:
        """For templates, which would call `mend`."""
        return self.mend is not None


def _read_again(kind: str) -> Callable[[Difference], object]:
    return lambda difference: enqueue(mirror.read_again, kind=kind, object_id=difference.object_id)


def _tell_paid(difference: Difference) -> None:
    """It is paid here, and Stripe was not told, or not for good."""
    invoice = Invoice.objects.defer("facturx", "plain").get(stripe_id=difference.object_id)
    keep(key_of(invoice), at=timezone.now())
    enqueue(tell_paid, invoice_id=invoice.pk)


def _tell_parts(difference: Difference) -> None:
    invoice = Invoice.objects.defer("facturx", "plain").select_related("account").get(stripe_id=difference.object_id)
    parts.tell(invoice, at=timezone.now())


def _tell_rate(difference: Difference) -> None:
    """The rate of VAT is our table's."""
    subscription = Subscription.objects.select_related("quote").get(stripe_id=difference.object_id)
    vat_of_periods.tell(subscription, at=timezone.now())


def _begin_again(difference: Difference) -> None:
    offer_again(difference.object_id)


_READ = _("Read again at Stripe")
# Where what differs is mended by telling Stripe.
_TELLS = {"settled": _("Tell Stripe that it is paid"), "vat": _("Tell Stripe our rate of VAT")}
_BY_HAND = _("Look for it at Stripe under its number; then say here what it is.")
_SAME = _("If it stays, compare both at Stripe, and correct by a credit note or there; then read again.")
_subscription, _invoice, _customer = (
    _read_again(f"{kind}.") for kind in ("customer.subscription", "invoice", "customer")
)

WAYS: dict[str, Way] = {
    DifferenceCode.EVENT_WAITING: Way(
        _("Take it up again"),
        _("If it stays, the reason is in the errors of the outbox."),
        lambda difference: enqueue(mirror.take, event_id=difference.object_id),
    ),
    DifferenceCode.TASK_GIVEN_UP: Way(
        _("Try again"),
        _("If it stays, Stripe refuses it as it is: the reason is in the errors of the outbox."),
        _begin_again,
    ),
    DifferenceCode.SUBSCRIPTION_PENDING: Way(
        _("Set it up again"),
        _("If it stays, Stripe refuses something of the account: the reason is in the errors of the outbox."),
        lambda difference: enqueue(activation.set_up, subscription_id=int(difference.object_id)),
    ),
    DifferenceCode.SUBSCRIPTION_UNKNOWN: Way(
        _READ,
        _(
            "If it stays, nobody has ordered it: cancel it at Stripe, where it was made. Then say here what it was: "
            "its invoice, which is held back, leaves within the hour; take it back by a credit note, which sends back "
            "what was paid."
        ),
        _subscription,
    ),
    DifferenceCode.SUBSCRIPTION_MISSING: Way(_READ, _BY_HAND, _subscription),
    DifferenceCode.SUBSCRIPTION_DIFFERS: Way(
        _READ, _SAME, lambda difference: (_tell_rate if "vat" in difference.facts else _subscription)(difference)
    ),
    DifferenceCode.INVOICE_UNKNOWN: Way(_READ, _("If it stays, its customer is none of our accounts."), _invoice),
    DifferenceCode.INVOICE_MISSING: Way(_READ, _BY_HAND, _invoice),
    DifferenceCode.INVOICE_DIFFERS: Way(
        _READ,
        _SAME,
        lambda difference: (_tell_paid if "settled" in difference.facts else _invoice)(difference),
    ),
    DifferenceCode.CREDIT_DIFFERS: Way(_READ, _SAME, _customer),
    DifferenceCode.INVOICE_VOIDED: Way(
        _("Say what it is"),
        _(
            "The authority and Chorus Pro still have it: write to both that it is not owed. Then say here what was "
            "done. An invoice that has left is never voided at Stripe: it is taken back here, by a credit note."
        ),
    ),
    DifferenceCode.CARD_DISPUTED: Way(
        _("Say what it is"),
        _(
            "Answer at Stripe, under Disputes, before the day that it says. Where the money is lost, take the invoice "
            "back by a credit note, as paid back by us, and have another one made; then say here what was done."
        ),
    ),
    DifferenceCode.NUMBER_GAP: Way(_("Say what it is"), _BY_HAND),
}


# Of an invoice of which a part is all that differs.
_PART = Way(
    _("Tell Stripe what was paid to our bank"),
    _(
        "A part was entered here, and the money at Stripe is the rest: told of the part, Stripe pays the rest with "
        "it. If it stays, note the part at Stripe, on the page of the invoice."
    ),
    _tell_parts,
)


def way_of(difference: Difference) -> Way:
    is_part = difference.code == DifferenceCode.INVOICE_DIFFERS and "left" in difference.facts
    return _PART if is_part else WAYS[difference.code]


def label_of(difference: Difference) -> Promise:
    """What its button says: what it does."""
    return next((label for fact, label in _TELLS.items() if fact in difference.facts), way_of(difference).label)


def reconcile(*, at: datetime) -> int:
    """How many differences are open. Reads what differs again at once: what then says the same is noted as mended."""
    _catch_up(at=at)
    before = list(differences(at=at))
    read = [_read_again_at_once(each) for each in before]
    left = list(differences(at=at)) if any(read) else before
    stays = {(each.code, each.object_id) for each in left}
    for found in {(each.code, each.object_id): each for each in [*before, *left]}.values():
        _note(found, stays=(found.code, found.object_id) in stays, at=at)
    for each in Difference.objects.filter(mended_at=None):
        if (each.code, each.object_id) not in stays:
            _close(each, at=at)
    return Difference.objects.filter(mended_at=None, explained_at=None).count()


def _catch_up(*, at: datetime) -> None:
    """Events whose webhook never came."""
    for event in stripe.events(since=at - _MISSED):
        if event.created_at < at - ON_ITS_WAY:
            receive(event=event, at=at)


_AGAIN = {
    DifferenceCode.SUBSCRIPTION_UNKNOWN: "customer.subscription.",
    DifferenceCode.SUBSCRIPTION_DIFFERS: "customer.subscription.",
    DifferenceCode.INVOICE_UNKNOWN: "invoice.",
    DifferenceCode.INVOICE_DIFFERS: "invoice.",
    DifferenceCode.CREDIT_DIFFERS: "customer.",
}


def _read_again_at_once(found: Found) -> bool:
    kind = _AGAIN.get(DifferenceCode(found.code))
    if kind is None or found.account_id is None:
        return False
    try:
        with transaction.atomic():
            mirror.read_again(kind=kind, object_id=found.object_id)
    except Exception:  # the others are read all the same; this one stays a difference
        logger.exception("%s is left for the next time", found.object_id)
    return True


def _note(found: Found, *, stays: bool, at: datetime) -> None:
    row, is_new = Difference.objects.get_or_create(
        code=found.code,
        object_id=found.object_id,
        mended_at=None,
        defaults={"account_id": found.account_id, "facts": found.facts, "found_at": at},
    )
    if not is_new and row.facts != found.facts and stays:
        # What was explained was something else.
        row.facts, row.explained_at = found.facts, None
        row.save(update_fields=["facts", "explained_at"])


def _close(difference: Difference, *, at: datetime) -> None:
    difference.mended_at = at
    difference.save(update_fields=["mended_at"])


def mend(*, difference: Difference, operator: User) -> None:
    """Do what `WAYS` has for it, in a task; the next reconciliation says what came of it."""
    way = way_of(difference)
    if way.mend is None:
        return
    with transaction.atomic():
        way.mend(difference)
        record("difference_mended", actor=operator, subject=difference, code=difference.code)


def explain(*, difference: Difference, words: str, operator: User, at: datetime) -> None:
    """It stays as it is, and why; it comes back once something else differs. Raises TextTooShort, TextTooLong."""
    words = EXPLANATION.cleaned(words)
    with transaction.atomic():
        difference.explained_at, difference.explanation = at, words
        difference.save(update_fields=["explained_at", "explanation"])
        record("difference_explained", actor=operator, subject=difference, code=difference.code)
