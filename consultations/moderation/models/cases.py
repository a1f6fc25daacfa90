"""What waits for a decision, and why: one case for each text, however many report it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.moderation.enums import Kind, Reason, State


class CaseQuerySet(models.QuerySet["Case"]):
    def waiting(self) -> Self:
        """Most urgent first: the delay that was promised says so."""
        return self.filter(state=State.OPEN).order_by("due_at", "pk")


class Case(models.Model):
    """A text, a picture or a name that somebody, or the filter, points at.

    It outlives what it is about: the register counts it, and no decision loses its subject.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    subject_id = models.BigIntegerField(help_text="Of the kind; no foreign key: the subject may go.")
    consultation = models.ForeignKey(Consultation, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now, help_text="This time: looked at anew, it begins anew.")
    due_at = models.DateTimeField(help_text="The delay that is promised for the gravest of its reasons.")
    is_held = models.BooleanField(default=False, help_text="Not public yet: the city reads before it publishes.")
    report_count = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, help_text="Of the text that the last decision was about.")
    notified = models.BigIntegerField(default=0, help_text="The last decision that people have been notified of.")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    claimed_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="case_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state=State.OPEN), name="case_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class Report(models.Model):
    """Somebody points at a text. Who they are is shown to nobody but, where the law asks for it, the moderators."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=12, choices=Reason)
    words = models.TextField(blank=True)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(
        max_length=10, blank=True, db_default="", help_text="Of what is answered. Empty: French (common.languages)."
    )
    about_children = models.BooleanField(default=False)
    in_good_faith = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, help_text="When a decision answered it.")

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reporter"], condition=models.Q(answered_at=None), name="report_once_by_person"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_grave(self) -> bool:
        """Whoever decides hears of it at once."""
        return self.about_children or self.reason == Reason.ILLEGAL

    @property
    def number(self) -> str:
        return f"S-{self.pk:04d}"


class Flag(models.Model):
    """A passage that the filter points at. It shows; a person decides."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=20, help_text="Of consultations.screening.")
    part = models.CharField(max_length=20, help_text="Of the text: title, solution…")
    digest = models.CharField(max_length=64, default="", db_default="", help_text="Of that part: another has none.")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    reason = models.CharField(max_length=100, default="", db_default="", help_text="Why, in a few words.")
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["part", "start", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.part} {self.start}"
