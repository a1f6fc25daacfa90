"""Invoices and credit notes, as issued; their payments, reminders and ways to Chorus Pro."""

from datetime import date, timedelta

from django.db import models

from billing.enums import HELD_UP, DepositState, InvoiceKind, InvoiceState, PaymentKind
from billing.models.accounts import Account
from billing.models.purchases import Subscription

# Within which public bodies pay (CCP, article R2192-10).
TERM = timedelta(days=30)


_BOOLEAN = models.BooleanField()


def _last(name: str, of: str = "pk") -> models.Subquery:
    """Of the last step of an invoice that was not taken back."""
    steps = Deposit.objects.filter(invoice=models.OuterRef(of), taken_back_at=None).order_by("-created_at", "-pk")
    return models.Subquery(steps.values(name)[:1])


def _last_step(of: str = "pk") -> models.functions.Coalesce:
    """What Chorus Pro says of an invoice; empty where it is not there."""
    return models.functions.Coalesce(_last("state", of), models.Value(""))


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def unpaid(self) -> "InvoiceQuerySet":
        """Those that have left and of which something is left to pay, whether their term runs or not."""
        return self.filter(
            kind=InvoiceKind.INVOICE,
            state=InvoiceState.ISSUED,
            total_cents__gt=models.F("paid_cents") + models.F("credited_cents"),
        )

    def firm(self) -> "InvoiceQuerySet":
        """Invoices that have left, and that Chorus Pro does not hold up."""
        left = self.filter(kind=InvoiceKind.INVOICE, state__in=[InvoiceState.ISSUED, InvoiceState.PAID])
        return left.alias(last_step=_last_step()).exclude(last_step__in=HELD_UP)

    def awaiting_payment(self) -> "InvoiceQuerySet":
        """Those whose term runs, and of which something is left to pay. It does not run while Chorus Pro has them
        suspended or rejected (CCP, article R2192-27)."""
        return (
            self.unpaid()
            .alias(last_step=_last_step())
            .filter(available_on__isnull=False)
            .exclude(last_step__in=HELD_UP)
        )

    def to_deposit(self) -> "InvoiceQuerySet":
        """What is to be deposited at Chorus Pro, or mended and deposited again; a credit note, if its buyer has had the
        invoice there: one that was rejected never was.

        Each with its `last_step`; `is_prepared`: what invoices say of its account was corrected since.
        """
        invoices = models.Q(kind=InvoiceKind.INVOICE, state__in=[InvoiceState.ISSUED, InvoiceState.PAID])
        notes = models.Q(kind=InvoiceKind.CREDIT_NOTE, state=InvoiceState.ISSUED)
        notes &= ~models.Q(step_of_corrected__in=["", DepositState.TO_DEPOSIT, DepositState.REJECTED])
        waiting = ["", DepositState.TO_DEPOSIT, *HELD_UP]
        is_prepared = models.ExpressionWrapper(
            models.Q(account__facts_changed_at__gt=_last("created_at")), output_field=_BOOLEAN
        )
        found = self.annotate(last_step=_last_step(), is_prepared=is_prepared).alias(
            step_of_corrected=_last_step("corrects")
        )
        return found.filter(invoices | notes, last_step__in=waiting)

    def at_chorus(self, *, flow: str = "") -> "InvoiceQuerySet":
        """What was deposited, and of which Chorus Pro has said nothing since, or of one flow; the oldest deposit first.

        Each with its `flow`, `since` its day.
        """
        found = self.alias(last_step=_last_step()).filter(state=InvoiceState.ISSUED, last_step=DepositState.DEPOSITED)
        found = found.annotate(flow=_last("flow"), since=_last("seen_on")).order_by("since", "flow", "pk")
        return found.filter(models.Q(flow=flow)) if flow else found

    def not_yet_due(self, *, on: date) -> "InvoiceQuerySet":
        return self.awaiting_payment().filter(available_on__gte=on - TERM)

    def overdue(self, *, on: date) -> "InvoiceQuerySet":
        return self.awaiting_payment().filter(available_on__lt=on - TERM)


class Invoice(models.Model):
    """One document. Issued, its amounts and files never change; what is wrong is corrected by another one.

    All amounts are cents. `total_cents` of a credit note is positive too.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invoices")
    subscription = models.ForeignKey(Subscription, null=True, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=12, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="credit_notes")
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.DRAFT)
    stripe_id = models.CharField(max_length=64, unique=True)
    # As Chorus Pro has it (check_number): a prefix of Stripe's, of twelve signs, and a credit note's own end.
    number = models.CharField(max_length=35, null=True, unique=True)  # noqa: DJ001 (none until it is issued)
    lines = models.JSONField(default=list, help_text="[{label, quantity, unit_cents, total_cents}]")
    net_cents = models.PositiveBigIntegerField(default=0)
    vat_basis_points = models.PositiveIntegerField(default=0)
    vat_cents = models.PositiveBigIntegerField(default=0)
    total_cents = models.PositiveBigIntegerField(default=0)
    period_begins_on = models.DateField(null=True)
    period_ends_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True, help_text="The day of the service, or on which it begins.")
    engagement_number = models.CharField(max_length=50, blank=True)
    issued_on = models.DateField(null=True)
    available_on = models.DateField(null=True, help_text="The day on which the city could read it: the legal day 0.")
    paid_cents = models.BigIntegerField(default=0, help_text="Kept with its payments: what was refunded is off it.")
    credited_cents = models.PositiveBigIntegerField(default=0)
    paid_on = models.DateField(null=True)
    objections = models.PositiveSmallIntegerField(default=0, help_text="How often its city said that it is wrong.")
    voided_on = models.DateField(null=True, help_text="Taken back at Stripe: it keeps its number and is owed no more.")
    facturx = models.BinaryField(null=True)
    plain = models.BinaryField(null=True)
    problems = models.JSONField(default=list, help_text="Why a check holds it back: [{code, words}].")
    created_at = models.DateTimeField()

    objects = InvoiceQuerySet.as_manager()
    # What has come for it and is too little: no column (services.balances.not_covered).
    lying_cents = 0

    class Meta:
        ordering = ["-issued_on", "-pk"]
        indexes = [
            models.Index(fields=["state", "available_on"], name="billing_invoice_waiting"),
            models.Index(
                fields=["id"],
                name="billing_invoice_without_files",
                condition=models.Q(number__isnull=False, facturx=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"invoice {self.pk}"

    @property
    def left_cents(self) -> int:
        """What is still to be paid; negative where too much was."""
        return self.total_cents - self.credited_cents - self.paid_cents

    @property
    def due_on(self) -> date | None:
        """The last day of the term; none before the city could read it."""
        return self.available_on + TERM if self.available_on else None


class Payment(models.Model):
    """Money that came, or went back (negative)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=10, choices=PaymentKind)
    cents = models.BigIntegerField()
    received_on = models.DateField()
    reference = models.CharField(max_length=140, blank=True)
    stripe_id = models.CharField(max_length=80, blank=True, help_text="Of what moved; empty: an operator entered it.")
    stripe_intent = models.CharField(max_length=64, blank=True, help_text="By which Stripe can send it back.")
    entered_by = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["received_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stripe_id"], condition=~models.Q(stripe_id=""), name="billing_payment_once"
            )
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"


class Reminder(models.Model):
    """What was written about an invoice that is overdue: each once, and again where its term began anew."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    day = models.PositiveSmallIntegerField(help_text="After the day on which the city could read it: 31, 38, 60 …")
    counted_from = models.DateField(help_text="That day, as it was then.")
    foreseen_on = models.DateField(null=True, help_text="The day of reading only that it announced.")
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["counted_from", "day"]
        constraints = [models.UniqueConstraint(fields=["invoice", "day", "counted_from"], name="billing_reminder_once")]

    def __str__(self) -> str:
        return f"reminder {self.day} of {self.invoice_id}"


class Deposit(models.Model):
    """One step of an invoice at Chorus Pro, as an operator saw it there. Added to, never changed: one that was entered
    by mistake is taken back, and stays.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="deposits")
    state = models.CharField(max_length=12, choices=DepositState)
    flow = models.CharField(
        max_length=40, blank=True, help_text="The number of the flow; several invoices may share it."
    )
    note = models.TextField(blank=True, help_text="Why it was rejected or suspended.")
    seen_on = models.DateField()
    entered_by = models.CharField(max_length=254, blank=True)
    taken_back_at = models.DateTimeField(null=True, help_text="It was entered by mistake: it counts for nothing.")
    taken_back_by = models.CharField(max_length=254, blank=True)
    taken_back_why = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.state}"
