"""What a person wants to hear of."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.framing.models import Challenge
from consultations.participation.models.proposals import Proposal


class Follow(models.Model):
    """A person follows a challenge (its new proposals) or a proposal (its versions, its fate)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.CASCADE, related_name="follows")
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(challenge=None) ^ models.Q(proposal=None), name="follow_one_thing"
            ),
            models.UniqueConstraint(fields=["user", "challenge"], name="follow_challenge_once"),
            models.UniqueConstraint(fields=["user", "proposal"], name="follow_proposal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.challenge_id or self.proposal_id}"
