"""What is asked, by whom, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.framing.enums import PhaseKind, PhaseState
from consultations.library.enums import Theme


class Consultation(models.Model):
    """A question put to the public, with what will be done with the answers."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("Title"), max_length=120)
    question = models.CharField(_("Question"), max_length=200)
    introduction = models.TextField(_("Introduction"), blank=True)
    decision_maker = models.CharField(_("Who decides"), max_length=120, blank=True)
    who_may_answer = models.CharField(_("Who may answer"), max_length=300, blank=True)
    commitment = models.TextField(_("What will be done with the answers"), blank=True)
    contact_email = models.EmailField(_("Contact"), blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    is_current = models.BooleanField(default=False, help_text="The one that the city's home shows.")
    import_ref = models.CharField(  # noqa: DJ001
        max_length=200, null=True, unique=True, help_text="Where it was imported from."
    )
    proposal_count = models.PositiveIntegerField(default=0)
    argument_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="consultation_one_current"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("home") if self.is_current else reverse("consultation", args=[self.slug])

    def proposals_url(self) -> str:
        return reverse("proposals") if self.is_current else reverse("consultation_proposals", args=[self.slug])


class Phase(models.Model):
    """A period `opens_at <= t < closes_at`, in whole minutes: visitors' pages change on the minute."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(max_length=20, choices=PhaseKind)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["consultation", "opens_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "kind"], name="phase_kind_once"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="phase_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def state(self, at: datetime) -> PhaseState:
        if self.closes_at and self.closes_at <= at:
            return PhaseState.DONE
        if self.opens_at and self.opens_at <= at:
            return PhaseState.NOW
        return PhaseState.NEXT


class Challenge(models.Model):
    """A question of the consultation, with what one must know to answer it. The city's own copy of a template."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="challenges")
    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    theme = models.CharField(max_length=20, choices=Theme, default=Theme.CITIZENSHIP)
    label = models.CharField(max_length=120)
    question = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    why = models.TextField(blank=True)
    figures = models.JSONField(default=list, help_text="[{value, label}]: the local context.")
    guiding_questions = models.JSONField(default=list)
    on_table = models.JSONField(default=list)
    off_table = models.JSONField(default=list)
    examples = models.JSONField(default=list, help_text="[{text, why}]")
    # Natural keys of the library, not foreign keys: no link crosses schemas.
    template_set = models.CharField(max_length=60, blank=True)
    template_code = models.CharField(max_length=60, blank=True)
    template_version = models.PositiveIntegerField(null=True)
    import_ref = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001
    # Kept in the transaction of each fact; `recount` compares them.
    proposal_count = models.PositiveIntegerField(default=0)
    argument_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("challenge", args=[self.slug])


@dataclass(frozen=True)
class Calendar:
    """A consultation's phases at one moment: asked by services and pages alike."""

    phases: Sequence[Phase]
    at: datetime
    takes_writing: bool = True  # not in a city that only reads, whatever the phase

    @property
    def now(self) -> Phase | None:
        """The latest phase that has begun and not ended."""
        open_ones = [phase for phase in self.phases if phase.state(self.at) == PhaseState.NOW]
        return open_ones[-1] if open_ones else None

    def is_open(self, *kinds: str) -> bool:
        return any(phase.kind in kinds and phase.state(self.at) == PhaseState.NOW for phase in self.phases)

    @property
    def may_propose(self) -> bool:
        return self.takes_writing and self.is_open(PhaseKind.PROPOSE)

    @property
    def may_argue(self) -> bool:
        return self.takes_writing and self.is_open(PhaseKind.PROPOSE, PhaseKind.REWORK)

    def phase(self, kind: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.kind == kind), None)
