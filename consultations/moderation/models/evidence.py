"""What the authorities may ask for, frozen as it was when it was taken away."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from consultations.moderation.models.decisions import Decision

# Règlement (UE) 2021/784, article 6; the same for all that is illegal.
EVIDENCE_KEPT = timedelta(days=183)


class Evidence(models.Model):
    """The text, who wrote it and when, as they were. Only moderators read it; their leaving does not touch it."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="evidence")
    content = models.JSONField(help_text="texts, url, author: number, public name, address, since; published on.")
    order_reference = models.CharField(max_length=200, blank=True, help_text="Of the order that it answers.")
    frozen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-frozen_at", "-pk"]

    def __str__(self) -> str:
        return f"evidence of {self.decision_id}"
