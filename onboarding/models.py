"""The directory of authorities, their sign-ups, and the runs that make their platforms. In public."""

import uuid
from dataclasses import fields

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.enums import RunState, Step, ToVerify
from tenants.enums import AuthorityKind
from tenants.models import DEFAULT_COLOUR, Municipality, WantedCity, validate_slug


class Authority(models.Model):
    """A French local authority, as onboarding/directory/ ships it. Refer to it by kind and code: rows are rewritten."""

    kind = models.CharField(max_length=20, choices=AuthorityKind)
    code = models.CharField(max_length=9, help_text="INSEE code of a commune, department or region; SIREN of a group.")
    name = models.CharField(max_length=120)
    siren = models.CharField(max_length=9, blank=True, help_text="Empty where the source does not know it.")
    department_code = models.CharField(max_length=3, blank=True)
    department_name = models.CharField(max_length=60, blank=True)
    region_name = models.CharField(max_length=60)
    population = models.PositiveIntegerField(null=True, help_text="Empty where nobody is counted.")
    postcodes = models.CharField(max_length=200, blank=True, help_text="Those of a commune, separated by spaces.")
    search_name = models.CharField(max_length=120, help_text="As onboarding.directory.words writes it.")
    former = ""  # of one that a search found by a name that it bore, or that a part of it bears: that name

    class Meta:
        ordering = ["name", "kind", "code"]
        verbose_name_plural = "authorities"
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="authority_once")]
        indexes = [
            # Pattern operators: they serve what is typed so far as well as the whole.
            models.Index(fields=["code"], name="authority_code", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["siren"], name="authority_siren", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["search_name"], name="authority_name", opclasses=["varchar_pattern_ops"]),
            GinIndex(fields=["search_name"], name="authority_words", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["postcodes"], name="authority_postcodes", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def key(self) -> str:
        """Its kind and code, for addresses: departments and regions share codes."""
        return f"{self.kind}-{self.code}"

    @property
    def authority_code(self) -> str:
        """As sign-ups and cities call it."""
        return self.code


class LoadedDirectory(models.Model):
    """The file that the authorities come from: one row, so that loading it again costs one query."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the file.")
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "loaded directories"

    def __str__(self) -> str:
        return self.digest[:12]


class _OfAuthority(models.Model):
    """An authority as the directory has it, or as typed where it is not listed."""

    authority_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AuthorityKind, default=AuthorityKind.COMMUNE)
    authority_code = models.CharField(max_length=9, blank=True)
    siren = models.CharField(max_length=9, blank=True)
    department_code = models.CharField(max_length=3, blank=True)
    population = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True

    @property
    def wanted(self) -> WantedCity:
        return WantedCity(**{field.name: getattr(self, field.name) for field in fields(WantedCity)})


class SignUp(_OfAuthority):
    """What an authority asks for, answer by answer. Nothing else exists until the address of `email` is confirmed."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # 1. The authority. 2. Who asks, and what was accepted.
    contact_name = models.CharField(max_length=120, blank=True)
    contact_role = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    to_verify = models.CharField(max_length=20, choices=ToVerify, blank=True)
    terms_version = models.CharField(max_length=20, blank=True)
    agreement_version = models.CharField(
        max_length=20, blank=True, help_text="Data-processing agreement, GDPR art. 28."
    )
    accepted_at = models.DateTimeField(null=True)
    # 3. The challenges that were ticked, in order, some reworded: [{code, question}].
    challenge_set = models.CharField(max_length=60, blank=True)
    challenges = models.JSONField(default=list)
    # 4. The platform.
    slug = models.CharField(max_length=40, validators=[validate_slug], blank=True)
    colour = models.CharField(max_length=7, default=DEFAULT_COLOUR)
    logo = models.BinaryField(null=True, help_text="PNG, written anew from what was sent.")
    title = models.CharField(max_length=120, blank=True)
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)
    # 5. Sent, then confirmed.
    done_steps = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.authority_name} ({self.slug})"


class ProvisioningRun(_OfAuthority):
    """The making of one platform, step by step. It may be killed anywhere and goes on from its step."""

    MAX_ATTEMPTS = 5

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sign_up = models.OneToOneField(SignUp, null=True, on_delete=models.PROTECT, related_name="run")
    municipality = models.OneToOneField(Municipality, null=True, on_delete=models.SET_NULL, related_name="run")
    slug = models.CharField(max_length=40, validators=[validate_slug])
    colour = models.CharField(max_length=7)
    challenge_set = models.CharField(max_length=60)
    framing = models.JSONField(
        default=dict,
        help_text="What the sign-up says of its consultation: title, challenges [{code, question}], opens_on, "
        "closes_on, contact_email. All may be missing.",
    )
    admin_email = models.EmailField()
    verified = models.BooleanField(default=False, help_text="Asked for by an operator: the authority is known.")
    step = models.CharField(max_length=20, choices=Step, default=Step.RESERVE)
    state = models.CharField(max_length=20, choices=RunState, default=RunState.RUNNING)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="run_to_resume")]

    def __str__(self) -> str:
        return f"{self.slug}: {self.step}"

    @property
    def is_over(self) -> bool:
        return self.state != RunState.RUNNING

    @property
    def can_be_cancelled(self) -> bool:
        return self.state in (RunState.RUNNING, RunState.FAILED)


class StepRecord(models.Model):
    """A step that was done, and how long it took."""

    run = models.ForeignKey(ProvisioningRun, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=20, choices=Step)
    seconds = models.FloatField()
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["run", "done_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="step_recorded_once")]

    def __str__(self) -> str:
        return str(_("%(step)s in %(seconds).2f s")) % {
            "step": self.get_step_display(),
            "seconds": self.seconds,
        }


class Claim(models.Model):
    """A second person asks for an authority whose unverified platform another has begun; operators look at both."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="claims")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    message = models.TextField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"claim {self.pk}"
