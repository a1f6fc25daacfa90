"""What a late payment costs by law."""

from django.db import models

from billing.models.invoices import Invoice


class InterestRate(models.Model):
    """The ECB's rate of main refinancing on the first day of a half-year, as an operator has read it there."""

    from_on = models.DateField(unique=True, help_text="1 January or 1 July.")
    basis_points = models.PositiveIntegerField(help_text="215: 2.15 %. Eight points are added to it.")
    source = models.CharField(max_length=200, help_text="Where it was read.")
    entered_by = models.CharField(max_length=254, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-from_on"]

    def __str__(self) -> str:
        return f"{self.from_on} {self.basis_points}"


class InterestClaim(models.Model):
    """What an operator has decided about the interest of an invoice that was paid late: sent as it was, or waived."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="claim")
    rate = models.ForeignKey(InterestRate, on_delete=models.PROTECT, related_name="claims")
    days = models.PositiveIntegerField(help_text="Late, until the last payment.")
    interest_cents = models.PositiveBigIntegerField()
    fixed_cents = models.PositiveIntegerField()
    is_waived = models.BooleanField(default=False)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=254)
    # What was asked for, as a paper of its own: it is no invoice, and outside VAT.
    number = models.CharField(max_length=20, blank=True)
    document = models.BinaryField(null=True)
    due_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    paid_reference = models.CharField(max_length=140, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="billing_claim_number_once")
        ]
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"interest of {self.invoice_id}"

    @property
    def total_cents(self) -> int:
        return self.interest_cents + self.fixed_cents
