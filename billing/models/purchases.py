"""From a quote to a subscription."""

from datetime import date

from django.db import models
from django.utils import timezone

from billing.documents.amounts import vat_of
from billing.enums import Method, QuoteState, SubscriptionState, Territory, Timing
from billing.models.accounts import Account
from billing.models.plans import PlanVersion


class Series(models.Model):
    """The last number of a series of documents: taken in the transaction that makes the document, so without a gap."""

    key = models.CharField(max_length=20, primary_key=True, help_text="Such as D-2026.")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class Quote(models.Model):
    """What was offered, as it was: prices and tax are copied."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="quotes")
    number = models.CharField(max_length=20, unique=True)
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    population = models.PositiveIntegerField()
    years = models.PositiveSmallIntegerField(default=1)
    yearly_cents = models.PositiveIntegerField()
    territory = models.CharField(max_length=20, choices=Territory)
    vat_basis_points = models.PositiveIntegerField()
    timing = models.CharField(max_length=10, choices=Timing)
    issued_on = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=10, choices=QuoteState, default=QuoteState.ISSUED)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(
        max_length=160, blank=True, help_text="Name and function: the signature of the order."
    )
    order_until = models.DateField(null=True, help_text="Once accepted, the last day on which it may be ordered.")
    buyer = models.JSONField(default=dict, help_text="Whom it was made for, as the account was then.")
    made_by_operator = models.BooleanField(default=False, help_text="At a price that was agreed, not that of the list.")
    reason = models.TextField(blank=True, help_text="Why that price: for operators.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def last_day(self) -> date:
        """On which it may still be accepted; once it is, ordered."""
        return self.order_until or self.valid_until

    @property
    def vat_cents(self) -> int:
        """Of one year."""
        return vat_of(self.yearly_cents, self.vat_basis_points)

    @property
    def total_cents(self) -> int:
        """Of one year, with tax."""
        return self.yearly_cents + self.vat_cents

    @property
    def over_years_cents(self) -> int:
        """Without tax, over all the years that are foreseen."""
        return self.years * self.yearly_cents


class QuotePdf(models.Model):
    """What was read: the same file for ever, whatever becomes of the account, of us or of how it is set."""

    quote = models.OneToOneField(Quote, on_delete=models.CASCADE, related_name="pdf")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"file of {self.quote_id}"


class PurchaseOrder(models.Model):
    """The order of the authority: what its accountant needs to find on the invoice."""

    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="order")
    engagement_number = models.CharField(max_length=50, blank=True)
    siret = models.CharField(max_length=14)
    service_code = models.CharField(max_length=100, blank=True)
    file = models.BinaryField(null=True)
    file_name = models.CharField(max_length=120, blank=True)
    placed_by = models.CharField(
        max_length=160, blank=True, help_text="Name and function of whoever sent it by a link; empty: at the desk."
    )
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"order of {self.quote_id}"


class OrderLink(models.Model):
    """By which an accountant without an account sends the order of one quote. Sent anew, the former is void."""

    quote = models.OneToOneField(Quote, on_delete=models.CASCADE, related_name="order_link")
    email = models.EmailField(max_length=254, blank=True, help_text="Forgotten once it was used.")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link for {self.quote_id}"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and timezone.now() < self.expires_at


class Subscription(models.Model):
    """What a city has subscribed to. The period and the state are those that Stripe has, read again at each event."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="subscriptions")
    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="subscription")
    method = models.CharField(max_length=10, choices=Method, default=Method.TRANSFER)
    state = models.CharField(max_length=10, choices=SubscriptionState, default=SubscriptionState.PENDING)
    stripe_id = models.CharField(max_length=64, blank=True)
    stripe_page = models.CharField(max_length=80, blank=True, help_text="Where it may be paid by card.")
    page_url = models.URLField(max_length=1000, blank=True)
    page_ends_at = models.DateTimeField(null=True)
    vat_basis_points = models.PositiveIntegerField(
        null=True, help_text="The rate of VAT that Stripe was told for what it invoices next; empty: the quote's."
    )
    period_begins_on = models.DateField(null=True)
    period_ends_on = models.DateField(null=True, help_text="Its last day.")
    ends_on = models.DateField(null=True, help_text="The last day of all: it is not renewed.")
    activated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["period_ends_on"], name="billing_period_to_invoice", condition=models.Q(stripe_id="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=~models.Q(state=SubscriptionState.ENDED),
                name="billing_one_subscription_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["stripe_id"], condition=~models.Q(stripe_id=""), name="billing_subscription_once"
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"

    @property
    def rate(self) -> int:
        """Of VAT, for what is invoiced next."""
        return self.quote.vat_basis_points if self.vat_basis_points is None else self.vat_basis_points


class NextPrice(models.Model):
    """Another price from a period on: the authority has moved to another band. It never touches a period that runs.

    It counts only once it was announced in time, and then from `applied_at` on.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="next_prices")
    from_on = models.DateField(help_text="The first day of the period.")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    population = models.PositiveIntegerField()
    before_cents = models.PositiveIntegerField(help_text="What a year costs until then.")
    yearly_cents = models.PositiveIntegerField(null=True, help_text="Empty: on quotation, until an operator says it.")
    found_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True, help_text="An operator leaves the former price for another year.")
    applied_at = models.DateTimeField(null=True, help_text="Stripe has it, or our own next invoice will say it.")
    decided_by = models.CharField(max_length=254, blank=True, help_text="An operator who has kept or said the price.")
    reason = models.TextField(blank=True, help_text="Why: for operators.")

    class Meta:
        ordering = ["from_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["subscription", "from_on"], name="billing_next_price_once")]

    def __str__(self) -> str:
        return f"{self.subscription_id} from {self.from_on}"
