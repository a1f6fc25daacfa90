from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Territory(models.TextChoices):
    """Where VAT differs (CGI, articles 278, 294 and 296)."""

    MAINLAND = "MAINLAND", _("Mainland France and Corsica")
    ANTILLES_REUNION = "ANTILLES_REUNION", _("Guadeloupe, Martinique, La Réunion")
    GUYANE_MAYOTTE = "GUYANE_MAYOTTE", _("French Guiana, Mayotte")
    ELSEWHERE = "ELSEWHERE", _("Overseas collectivities, New Caledonia")


class Timing(models.TextChoices):
    """When a period is invoiced."""

    ADVANCE = "ADVANCE", _("At the beginning of the period")
    ARREARS = "ARREARS", _("At its end, once the service is done")


class Method(models.TextChoices):
    TRANSFER = "TRANSFER", _("By transfer, on an invoice")
    CARD = "CARD", _("By card")


class QuoteState(models.TextChoices):
    ISSUED = "ISSUED", pgettext_lazy("quote", "Issued")
    ACCEPTED = "ACCEPTED", pgettext_lazy("quote", "Accepted")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("quote", "Withdrawn")


class SubscriptionState(models.TextChoices):
    PENDING = "PENDING", pgettext_lazy("subscription", "Being set up")
    ACTIVE = "ACTIVE", pgettext_lazy("subscription", "Active")
    LATE = "LATE", pgettext_lazy("subscription", "Payment overdue")
    ENDED = "ENDED", pgettext_lazy("subscription", "Ended")


class InvoiceKind(models.TextChoices):
    INVOICE = "INVOICE", _("Invoice")
    CREDIT_NOTE = "CREDIT_NOTE", _("Credit note")


class InvoiceState(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("invoice", "Being made")
    BLOCKED = "BLOCKED", pgettext_lazy("invoice", "Held back by a check")
    ISSUED = "ISSUED", pgettext_lazy("invoice", "Issued")
    PAID = "PAID", pgettext_lazy("invoice", "Paid")
    CANCELLED = "CANCELLED", pgettext_lazy("invoice", "Cancelled")


class PaymentKind(models.TextChoices):
    TRANSFER = "TRANSFER", _("Transfer")
    CARD = "CARD", _("Card")
    BY_HAND = "BY_HAND", _("Entered by an operator")
    REFUND = "REFUND", _("Refund")
    CREDIT = "CREDIT", pgettext_lazy("payment", "From or to the authority’s credit")


class GivenBack(models.TextChoices):
    """What becomes of money that a credit note takes back."""

    REFUND = "REFUND", _("Sent back by Stripe")
    NEXT_INVOICE = "NEXT_INVOICE", _("Taken off the next invoice")
    ELSEWHERE = "ELSEWHERE", _("Paid back by us, outside Stripe")

    @property
    def argument(self) -> str:
        """Of clients.invoices.create_credit_note."""
        return {"REFUND": "refunded", "NEXT_INVOICE": "credited", "ELSEWHERE": "paid_back_elsewhere"}[self.value]


class DepositState(models.TextChoices):
    """Of an invoice at Chorus Pro, in the portal's own words."""

    TO_DEPOSIT = "TO_DEPOSIT", pgettext_lazy("chorus", "To deposit")
    DEPOSITED = "DEPOSITED", pgettext_lazy("chorus", "Deposited")
    AVAILABLE = "AVAILABLE", pgettext_lazy("chorus", "Made available")
    SUSPENDED = "SUSPENDED", pgettext_lazy("chorus", "Suspended")
    TO_RECYCLE = "TO_RECYCLE", pgettext_lazy("chorus", "To recycle")
    REJECTED = "REJECTED", pgettext_lazy("chorus", "Rejected")
    SERVICE_DONE = "SERVICE_DONE", pgettext_lazy("chorus", "Service done")
    ORDERED = "ORDERED", pgettext_lazy("chorus", "Payment ordered")
    ACCOUNTED = "ACCOUNTED", pgettext_lazy("chorus", "Accounted for")
    BEING_PAID = "BEING_PAID", pgettext_lazy("chorus", "Being paid")


# While one of these is the last, the city is not to pay: something is to be mended first.
HELD_UP = frozenset({DepositState.SUSPENDED, DepositState.TO_RECYCLE, DepositState.REJECTED})


class DifferenceCode(models.TextChoices):
    """Between what Stripe has and our rows."""

    EVENT_WAITING = "EVENT_WAITING", _("What Stripe told was not taken up")
    TASK_GIVEN_UP = "TASK_GIVEN_UP", _("What was asked for could not be done")
    SUBSCRIPTION_PENDING = "SUBSCRIPTION_PENDING", _("A subscription was asked for and is not set up")
    SUBSCRIPTION_UNKNOWN = "SUBSCRIPTION_UNKNOWN", _("Stripe has a subscription that we do not know")
    SUBSCRIPTION_MISSING = "SUBSCRIPTION_MISSING", _("Stripe does not have this subscription")
    SUBSCRIPTION_DIFFERS = "SUBSCRIPTION_DIFFERS", _("Stripe says something else of this subscription")
    INVOICE_UNKNOWN = "INVOICE_UNKNOWN", _("Stripe has an invoice that we do not know")
    INVOICE_MISSING = "INVOICE_MISSING", _("Stripe does not have this invoice")
    INVOICE_DIFFERS = "INVOICE_DIFFERS", _("Stripe says something else of this invoice")
    CREDIT_DIFFERS = "CREDIT_DIFFERS", _("Stripe has another amount to the credit of this authority")
    INVOICE_VOIDED = "INVOICE_VOIDED", _("An invoice that had left was voided at Stripe, without a credit note")
    CARD_DISPUTED = "CARD_DISPUTED", _("Whoever holds the card contests the payment with their bank")
    NUMBER_GAP = "NUMBER_GAP", _("A number is missing in the series of invoices")
