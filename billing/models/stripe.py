"""What goes to Stripe and what comes from it: kept before anything is done, so that nothing is done twice."""

from django.db import models

from billing.enums import DifferenceCode
from billing.models.accounts import Account


class WebhookEvent(models.Model):
    """An event as it arrived. Its effect is made of the object as Stripe has it then, in a task."""

    id = models.CharField(max_length=64, primary_key=True, help_text="Stripe's own.")
    type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(help_text="As Stripe says.")
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=60, blank=True, help_text="What was done, or why nothing.")

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(fields=["object_id"], name="billing_event_waiting", condition=models.Q(processed_at=None))
        ]

    def __str__(self) -> str:
        return self.id


class Call(models.Model):
    """A call to Stripe that writes: its key is kept before it is made; again with that key does nothing more."""

    key = models.CharField(max_length=80, primary_key=True, help_text="What is done, to what: the idempotency key.")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=64, blank=True, help_text="The id of what it made.")

    def __str__(self) -> str:
        return self.key


class Difference(models.Model):
    """Where Stripe and our rows do not say the same. It is mended, or an operator says why it stays."""

    code = models.CharField(max_length=24, choices=DifferenceCode)
    object_id = models.CharField(max_length=80, help_text="Stripe's own, a number of ours, or a number of an invoice.")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="differences")
    facts = models.JSONField(default=dict, help_text="{name: [ours, theirs]}")
    found_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True)
    explained_at = models.DateTimeField(null=True)
    explanation = models.TextField(blank=True)

    class Meta:
        ordering = ["found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "object_id"], condition=models.Q(mended_at=None), name="billing_difference_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.object_id}"
