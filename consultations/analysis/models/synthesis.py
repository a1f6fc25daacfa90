"""The synthesis of a challenge as the team composes it, and as it was published. Neither holds a word of a resident:
proposals and arguments are named by their keys, and read where they stand, so that what is hidden or erased is gone.
"""

from django.conf import settings
from django.db import models

from consultations.framing.models import Challenge

SYNTHESIS_TITLE_MAX, INTRO_MAX, LINK_TEXT_MAX = 120, 1500, 600


class SynthesisText(models.Model):
    """The city's own words, and the parts. `parts`: of each its theme, the city's words, and its places in order."""

    title = models.CharField(max_length=SYNTHESIS_TITLE_MAX, blank=True)
    intro = models.TextField(blank=True)
    parts = models.JSONField(default=list)

    class Meta:
        abstract = True


class Synthesis(SynthesisText):
    """As it is being composed. What everybody reads is `current`, and it changes by publishing."""

    challenge = models.OneToOneField(Challenge, on_delete=models.CASCADE, primary_key=True, related_name="synthesis")
    current = models.OneToOneField("SynthesisVersion", null=True, on_delete=models.SET_NULL, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"synthesis of {self.challenge_id}"


class SynthesisVersion(SynthesisText):
    """As it was published: with the counts of that day, without what the team had hidden in it."""

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    coverage = models.JSONField(default=dict, help_text="synthesis_coverage.Coverage, and how much there was to read.")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["synthesis", "number"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "number"], name="synthesis_version_number")]

    def __str__(self) -> str:
        return f"{self.synthesis_id} ({self.number})"
