from billing.models.accounts import Account, AnsweredObjection, Contact
from billing.models.interest import InterestClaim, InterestRate
from billing.models.invoices import Deposit, Invoice, Payment, Reminder
from billing.models.plans import Band, PlanVersion, VatRate
from billing.models.purchases import (
    ABOUT,
    NUMBER_ASKED,
    OFFERED,
    RUNNING,
    OrderedYear,
    OrderLink,
    PurchaseOrder,
    Quote,
    QuotePdf,
    Series,
    Subscription,
)
from billing.models.stripe import Call, Difference, WebhookEvent

__all__ = [
    "ABOUT",
    "NUMBER_ASKED",
    "OFFERED",
    "RUNNING",
    "Account",
    "AnsweredObjection",
    "Band",
    "Call",
    "Contact",
    "Deposit",
    "Difference",
    "InterestClaim",
    "InterestRate",
    "Invoice",
    "OrderLink",
    "OrderedYear",
    "Payment",
    "PlanVersion",
    "PurchaseOrder",
    "Quote",
    "QuotePdf",
    "Reminder",
    "Series",
    "Subscription",
    "VatRate",
    "WebhookEvent",
]
