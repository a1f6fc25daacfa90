"""From a quote to a subscription."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone

from billing.documents.amounts import vat_of
from billing.enums import Method, QuoteState, SubscriptionState, Territory, Timing
from billing.models.accounts import Account
from billing.models.plans import PlanVersion

RUNNING = (SubscriptionState.ACTIVE, SubscriptionState.LATE)
# Before the last day that is ordered, when what follows may be; before a later year, when its number is asked for.
OFFERED, NUMBER_ASKED = timedelta(days=90), timedelta(days=60)
# A period of Stripe's begins at an hour in UTC: its day may not be ours.
ABOUT = timedelta(days=3)


class Series(models.Model):
    """The last number of a series of documents: taken in the transaction that makes the document, so without a gap."""

    key = models.CharField(max_length=20, primary_key=True, help_text="Such as D-2026.")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class QuoteQuerySet(models.QuerySet["Quote"]):
    def free(self) -> "QuoteQuerySet":
        """With which no subscription has begun, nor goes on."""
        return self.filter(subscription=None, renews=None)


class Quote(models.Model):
    """What was offered, as it was: prices and tax are copied."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="quotes")
    number = models.CharField(max_length=20, unique=True)
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    population = models.PositiveIntegerField()
    years = models.PositiveSmallIntegerField(default=1, help_text="That are ordered with it, each invoiced by itself.")
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
    renews = models.ForeignKey(
        "Subscription",
        null=True,
        on_delete=models.PROTECT,
        related_name="renewals",
        help_text="What goes on with it, once it is ordered.",
    )
    created_at = models.DateTimeField()

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def last_day(self) -> date:
        """On which it may still be accepted; once it is, ordered."""
        return self.order_until or self.valid_until

    @property
    def is_ordered(self) -> bool:
        return self.renews_id is not None or hasattr(self, "subscription")

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
        """Without tax, over all the years that it is for."""
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
    ends_on = models.DateField(null=True, help_text="The last day that is ordered: a new order moves it.")
    declined_at = models.DateTimeField(null=True, help_text="When its city said that it will not renew it.")
    told_days = models.PositiveSmallIntegerField(null=True, help_text="The last word about its end: so long before.")
    card_told_days = models.PositiveSmallIntegerField(
        default=0, help_text="The last word about a card that has not paid: so long after the order."
    )
    card_told_on = models.DateField(null=True, help_text="The day of that word.")
    activated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["period_ends_on"], name="billing_period_to_invoice", condition=models.Q(stripe_id="")),
            models.Index(fields=["ends_on"], name="billing_subscription_ends"),
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

    @property
    def runs(self) -> bool:
        return self.state in RUNNING

    @property
    def open_until(self) -> date | None:
        """The last day on which people write, if nothing is ordered to follow."""
        return self.ends_on + timedelta(days=settings.ENDED_GRACE_DAYS) if self.ends_on else None

    def may_be_renewed(self, *, on: date) -> bool:
        return self.runs and self.ends_on is not None and self.ends_on - on <= OFFERED

    def days_of(self, begins_at: datetime, ends_at: datetime) -> tuple[date, date]:
        """The first and the last day of a period of Stripe's, where the city is: those of the year that was ordered.

        Before it is laid out: the day of the city's own clock, and as many days as any year has, whatever the clocks do
        meanwhile.
        """
        first = begins_at.astimezone(ZoneInfo(self.account.municipality.time_zone))
        near = (each for each in self.years.all() if abs(each.begins_on - first.date()) <= ABOUT)
        if year := next(near, None):
            return year.begins_on, year.ends_on
        ahead = first.utcoffset() or timedelta()
        return first.date(), (ends_at.astimezone(UTC) + ahead).date() - timedelta(days=1)

    @property
    def is_in_its_last_year(self) -> bool:
        """Whether nothing is ordered after the present period. Stripe's days may be one off from ours."""
        known = self.ends_on and self.period_ends_on
        return bool(known) and self.ends_on - self.period_ends_on < timedelta(days=180)  # type: ignore[operator]


class OrderedYear(models.Model):
    """A year that was ordered: its price is its quote's, and its engagement number is its own."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="years")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="ordered_years")
    number = models.PositiveSmallIntegerField(help_text="In its order: 1 is the year that the order itself speaks of.")
    begins_on = models.DateField()
    ends_on = models.DateField(help_text="Its last day.")
    engagement_number = models.CharField(max_length=50, blank=True)
    asked_at = models.DateTimeField(null=True, help_text="When its city was asked for that number.")

    class Meta:
        ordering = ["begins_on", "pk"]
        indexes = [
            models.Index(
                fields=["begins_on"],
                name="billing_year_without_number",
                condition=models.Q(engagement_number="", asked_at=None, number__gt=1),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "begins_on"], name="billing_ordered_year_once"),
            models.UniqueConstraint(fields=["quote", "number"], name="billing_year_of_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} from {self.begins_on}"
