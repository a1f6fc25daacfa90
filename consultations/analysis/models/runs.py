"""Analyses that were made, or are being made, of a consultation."""

from django.conf import settings
from django.db import models

from consultations.analysis.enums import RunFailure, RunKind, RunState
from consultations.framing.models import Consultation


class AnalysisRun(models.Model):
    """One analysis of a consultation as it was at one moment. Its result names no person, nor says who is where."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="analysis_runs")
    kind = models.CharField(max_length=20, choices=RunKind)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of what it was made from, and of the method.")
    result = models.JSONField(null=True)
    basis = models.JSONField(
        null=True, help_text="{part: a short print of what each person it was told of had said}; of groups alone."
    )
    failure = models.CharField(max_length=10, choices=RunFailure, blank=True)
    published_at = models.DateTimeField(null=True, help_text="Since when everybody may read it.")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            # Pressed twice is made once.
            models.UniqueConstraint(
                fields=["consultation", "kind"], name="analysis_run_one_asked", condition=models.Q(state=RunState.ASKED)
            ),
            models.UniqueConstraint(
                fields=["consultation", "kind"],
                name="analysis_run_one_published",
                condition=models.Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(state=RunState.ASKED) ^ models.Q(ended_at__isnull=False), name="analysis_run_ends"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(state=RunState.DONE),
                name="analysis_run_published_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.pk})"
