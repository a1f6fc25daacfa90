"""Several proposals brought together into a collective one, with their authors' consent."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.cocreation.enums import Consent, MergeState
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge
from consultations.participation.models.proposals import Proposal, Texts

# How many proposals one collective proposal brings together.
MIN_SOURCES, MAX_SOURCES = 2, 8


class MergeRequest(Texts):
    """A request to bring proposals together and, once formed, the proposal that it became.

    The text is written here while consent is asked. `proposal` is the collective proposal itself: it has
    reactions, arguments and versions like any other.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    proposal = models.OneToOneField(Proposal, null=True, on_delete=models.CASCADE, related_name="collective")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=20, choices=MergeState, default=MergeState.ASKING)
    message = models.TextField(blank=True, help_text="Why, in the words of whoever began it, to the other authors.")
    revision = models.PositiveIntegerField(default=1, help_text="Counts changes: consent is to one text.")
    earlier = models.JSONField(
        default=list, help_text="The texts before this one: whoever had answered sees what changed."
    )
    started_at = models.DateTimeField(default=timezone.now)
    formed_at = models.DateTimeField(null=True)
    formed_in = models.CharField(max_length=20, choices=PhaseKind, blank=True, help_text="It is undone in this phase.")
    ended_at = models.DateTimeField(null=True, help_text="When it was undone, or given up.")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class MergeSource(models.Model):
    """One of the proposals to bring together, and whether its authors agree."""

    collective = models.ForeignKey(MergeRequest, on_delete=models.CASCADE, related_name="sources")
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="collective_sources")
    consent = models.CharField(max_length=20, choices=Consent, default=Consent.ASKED)
    # Of the text that was answered: another text asks anew.
    revision = models.PositiveIntegerField(default=0)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["collective", "proposal"], name="collective_source_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} → {self.collective_id}"
