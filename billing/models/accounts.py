"""Whom the service invoices."""

from django.db import models

from billing.enums import Timing
from tenants.models import Municipality


class Account(models.Model):
    """An authority as it pays. It outlives the authority's platform: accounts are kept ten years (C. com. L123-22)."""

    municipality = models.OneToOneField(Municipality, on_delete=models.PROTECT, related_name="billing_account")
    legal_name = models.CharField(max_length=160)
    siren = models.CharField(max_length=9)
    siret = models.CharField(max_length=14, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    town = models.CharField(max_length=80, blank=True)
    service_code = models.CharField(max_length=100, blank=True, help_text="Of Chorus Pro, where the buyer asks for it.")
    needs_engagement = models.BooleanField(default=False, help_text="Chorus Pro asks for an engagement number.")
    facts_changed_at = models.DateTimeField(null=True, help_text="When what its invoices say of it was last changed.")
    timing = models.CharField(max_length=10, choices=Timing, default=Timing.ADVANCE)
    stripe_customer = models.CharField(max_length=64, blank=True)
    cash_cents = models.BigIntegerField(default=0, help_text="What came by transfer and has paid nothing yet.")
    credit_cents = models.BigIntegerField(default=0, help_text="What lowers its next invoices.")
    # Of its own, at Stripe: what arrives there is known to be its payment.
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    bank_holder = models.CharField(max_length=140, blank=True)
    # What the city says against being made read-only, while it waits for an answer: the first time it suspends that.
    objection = models.TextField(blank=True)
    objected_at = models.DateTimeField(null=True)
    objected_by = models.BigIntegerField(null=True, help_text="Who of its team, there: they get the answer too.")
    objection_suspends = models.BooleanField(default=True, help_text="Not where it was answered once, unless taken up.")
    notice_from = models.DateTimeField(null=True, help_text="The last answer to one that had suspended something.")
    stopped_at = models.DateTimeField(null=True, help_text="When its city was made read-only for want of payment.")
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stripe_customer"], condition=~models.Q(stripe_customer=""), name="billing_customer_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["stopped_at"], name="billing_account_stopped", condition=models.Q(stopped_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def is_objected(self) -> bool:
        """Whether the city waits for an answer to what it said."""
        return self.objected_at is not None

    @property
    def is_suspended(self) -> bool:
        """Whether nothing is reminded of and nothing stops until that answer."""
        return self.is_objected and self.objection_suspends


class AnsweredObjection(models.Model):
    """What a city said against an invoice, and what was answered: each stays, whatever it says next."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="answered_objections")
    words = models.TextField()
    written_at = models.DateTimeField()
    answer = models.TextField()
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return f"answered objection {self.pk}"


class Contact(models.Model):
    """Who is written to about invoices."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254)
    gets_invoices = models.BooleanField(default=True)
    gets_reminders = models.BooleanField(default=True)
    sent_at = models.DateTimeField(null=True, help_text="When somebody had what is open sent there.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("account", models.functions.Lower("email"), name="billing_contact_once")]

    def __str__(self) -> str:
        return f"contact {self.pk}"
