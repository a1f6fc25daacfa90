"""What is asked, by whom, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import NAME_MAX
from consultations.framing.enums import (
    WRITING,
    ConsultationState,
    Delay,
    ModeratedBy,
    Moderation,
    PhaseKind,
    PhaseState,
)
from consultations.framing.phases import DISCUSSED_IN, DISCUSSION, OPEN_TO
from consultations.library.enums import Theme

# What residents may read. The one on the home of a city that has not opened is tried out by its team as residents will
# see it; any other that is being prepared is on no page of theirs. In a city that is open, the home's has opened.
_SHOWN = models.Q(opened_at__isnull=False) | models.Q(is_current=True)


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def shown(self) -> "ConsultationQuerySet":
        """Those that may be read outside the desk."""
        return self.filter(_SHOWN)


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
    moderated_by = models.CharField(max_length=20, choices=ModeratedBy, default=ModeratedBy.MODERATORS)
    moderation = models.CharField(
        max_length=10, choices=Moderation, default=Moderation.AFTER, db_default=Moderation.AFTER.value
    )
    moderation_delay = models.PositiveSmallIntegerField(
        choices=Delay,
        default=Delay.TWO_DAYS,
        db_default=Delay.TWO_DAYS.value,
        help_text="Hours within which what waits is read.",
    )
    documents_none = models.BooleanField(default=False, help_text="The city says that there is nothing else to read.")
    is_discussed = models.BooleanField(
        default=False, db_default=False, help_text="People argue and reply while the city answers, too."
    )
    created_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    opening_planned_at = models.DateTimeField(null=True, help_text="When it is to open by itself.")
    opening_missed_at = models.DateTimeField(null=True, help_text="When it was to open by itself, and did not.")
    opening_missed_why = models.TextField(blank=True, default="", db_default="")
    archived_at = models.DateTimeField(null=True, help_text="Since when it can only be read.")
    announced = models.JSONField(
        default=dict,
        help_text="Closed before its date: {kind of phase: [beginning, end]} as they were, for when it is prolonged.",
    )
    is_current = models.BooleanField(default=False, help_text="The one that the city's home shows.")
    import_ref = models.CharField(  # noqa: DJ001
        max_length=200, null=True, unique=True, help_text="Where it was imported from."
    )
    revision = models.PositiveIntegerField(
        default=1, db_default=1, help_text="Counts changes, so that two editors see each other."
    )
    proposal_count = models.PositiveIntegerField(default=0)
    argument_count = models.PositiveIntegerField(default=0)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="consultation_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(archived_at=None) | models.Q(opened_at__isnull=False, is_current=False),
                name="consultation_archived_was_open",
            ),
            models.CheckConstraint(
                condition=models.Q(opening_planned_at=None) | models.Q(opened_at=None),
                name="consultation_planned_is_not_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("home") if self.is_current else reverse("consultation", args=[self.slug])

    @property
    def reads_first(self) -> bool:
        """Whether somebody of the city reads what participants write before everybody does."""
        return self.moderation == Moderation.BEFORE

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_private(self) -> bool:
        """Being prepared beside others: on the desk alone."""
        return self.opened_at is None and not self.is_current

    def state(self, at: datetime) -> ConsultationState:
        """Of one that was read with its phases: no query then."""
        if self.opened_at is None:
            return ConsultationState.PREPARED
        if self.is_archived:
            return ConsultationState.ARCHIVED
        is_over = Calendar(phases=list(self.phases.all()), at=at).is_over
        return ConsultationState.CLOSED if is_over else ConsultationState.OPEN

    def closed_at(self) -> datetime | None:
        """When participants could, or will, write for the last time; None where no date says it."""
        return max(
            (each.closes_at for each in self.phases.all() if each.kind in WRITING and each.closes_at), default=None
        )

    def proposals_url(self) -> str:
        return reverse("proposals") if self.is_current else reverse("consultation_proposals", args=[self.slug])


class PreviewLink(models.Model):
    """A way to see a consultation that is being prepared, for whoever has no account: one at a time."""

    consultation = models.OneToOneField(Consultation, on_delete=models.CASCADE, related_name="preview_link")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_count = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.made_at)


class Phase(models.Model):
    """A period `opens_at <= t < closes_at`, in whole minutes."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="phases", db_index=False)
    kind = models.CharField(max_length=20, choices=PhaseKind)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True, help_text="When what had been announced was changed.")
    former_opens_at = models.DateTimeField(null=True, help_text="As it had been announced, where it was changed.")
    former_closes_at = models.DateTimeField(null=True, help_text="As it had been announced, where it was changed.")

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


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def shown(self) -> "ChallengeQuerySet":
        """What residents see: the published ones. In a city that has not opened, all those of its home: its team's."""
        tried_out = models.Q(consultation__opened_at=None, consultation__is_current=True)
        return self.filter(models.Q(published_at__isnull=False) | tried_out)


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
    validated_at = models.DateTimeField(null=True, help_text="When the city found its text right as it stands.")
    validated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # The service's opinion, where it accompanies the city: advice, which opens and holds back nothing.
    advised_at = models.DateTimeField(null=True, help_text="When the service found its text right as it stands.")
    advised_by = models.CharField(max_length=NAME_MAX, blank=True, db_default="", help_text="Of the service: a name.")
    published_at = models.DateTimeField(
        null=True, help_text="When residents could first read it: validated, in an open consultation. It stays so."
    )
    revision = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two editors see each other.")
    # Kept in the transaction of each fact; `recount` compares them.
    proposal_count = models.PositiveIntegerField(default=0)
    argument_count = models.PositiveIntegerField(default=0)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("challenge", args=[self.slug])

    @property
    def is_validated(self) -> bool:
        return self.validated_at is not None

    @property
    def is_advised(self) -> bool:
        return self.advised_at is not None

    @property
    def is_public(self) -> bool:
        return self.published_at is not None

    @property
    def is_shown(self) -> bool:
        """As `shown()` finds it, read with its consultation."""
        return self.is_public or (self.consultation.opened_at is None and self.consultation.is_current)

    @property
    def is_imported(self) -> bool:
        """Then nobody gave it a short name or a theme: its question alone is shown, without a picture."""
        return self.import_ref is not None


class LegalIdentity(models.Model):
    """Who the city is, as the law asks a site to say. One row; nothing in it is invented for the city."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    postal_address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    director = models.CharField(max_length=160, blank=True, help_text="Who answers for what is published.")
    data_officer = models.CharField(max_length=160, blank=True)
    data_officer_contact = models.CharField(max_length=300, blank=True)
    help_place = models.CharField(max_length=300, blank=True, help_text="Where to take part without the site.")
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "legal identities"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="legal_identity_is_one_row")]

    def __str__(self) -> str:
        return self.director


class Logo(models.Model):
    """The city's picture, as `common.pictures.accept_logo` wrote it. One row; the register has its digest."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    png = models.BinaryField()
    digest = models.CharField(max_length=20)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="logo_is_one_row")]

    def __str__(self) -> str:
        return self.digest


@dataclass(frozen=True)
class Calendar:
    """A consultation's phases at one moment: asked by services and pages alike."""

    phases: Sequence[Phase]
    at: datetime
    takes_writing: bool = True  # not in a city or a consultation that only reads, whatever the phase
    archived_at: datetime | None = None
    is_private: bool = False
    is_discussed: bool = False

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_over(self) -> bool:
        """Participants write no more, now or later."""
        return all(phase.state(self.at) == PhaseState.DONE for phase in self.phases if phase.kind in WRITING)

    @property
    def now(self) -> Phase | None:
        """The latest phase that has begun and not ended; of what is archived, none."""
        if self.is_archived:
            return None
        open_ones = [phase for phase in self.phases if phase.state(self.at) == PhaseState.NOW]
        return open_ones[-1] if open_ones else None

    @property
    def moved(self) -> Phase | None:
        """The first one whose dates are not those that were announced, until it is over."""
        kinds = list(PhaseKind)
        found = [each for each in self.phases if each.moved_at and each.closes_at and each.closes_at > self.at]
        return min(found, key=lambda each: kinds.index(PhaseKind(each.kind)), default=None)

    def may(self, action: str) -> bool:
        """Whether an open phase lets participants do it, in a city that takes writing."""
        return self.takes_writing and any(
            self._opens(phase, action) for phase in self.phases if phase.state(self.at) == PhaseState.NOW
        )

    def _opens(self, phase: Phase, action: str) -> bool:
        goes_on = self.is_discussed and phase.kind in DISCUSSED_IN and action in DISCUSSION
        return goes_on or action in OPEN_TO[phase.kind]

    def begins(self, action: str) -> datetime | None:
        """When participants will be able to do it, where a phase to come opens it."""
        to_come = [
            phase.opens_at
            for phase in self.phases
            if self._opens(phase, action) and phase.opens_at and phase.opens_at > self.at
        ]
        return min(to_come, default=None)

    def __getattr__(self, name: str) -> bool:
        """The same, for templates: `calendar.may_argue` asks for "ARGUE"."""
        action = name.removeprefix("may_").upper()
        if not name.startswith("may_") or not any(action in opened for opened in OPEN_TO.values()):
            raise AttributeError(name)
        return self.may(action)

    def phase(self, kind: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.kind == kind), None)
