"""The register of cities. In `public` only; a city's own tables never point here."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.base import ModelState
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from common.time_zones import TimeZone
from tenants.cells.models import CityMove as CityMove
from tenants.cells.models import Installation as Installation
from tenants.enums import MAILING, WRITABLE, AuthorityKind, LifecycleState, MoveStage, Transition
from tenants.keys.models import CityKey as CityKey

DEFAULT_COLOUR = "#1d4a41"  # the service’s own green, until the city picks its colour
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

validate_slug = RegexValidator(
    r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\Z",
    _("Use 1 to 40 lower-case letters, digits and hyphens, without a hyphen at either end."),
)
validate_colour = RegexValidator(r"^#[0-9a-f]{6}\Z", _("Write a colour as # and six signs from 0-9 and a-f."))


def new_schema_name() -> str:
    """Opaque and for ever: a city may change its name, address and domain, never this."""
    return "m_" + "".join(secrets.choice(_ALPHABET) for _unused in range(10))


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def ready(self) -> "MunicipalityQuerySet":
        """Those that are made, and live here: not what moved to another installation (tenants.cells)."""
        return self.served().filter(moved_at=None)

    def served(self) -> "MunicipalityQuerySet":
        """With those that have moved away: their hosts stay known."""
        return self.filter(ready_at__isnull=False).exclude(state=LifecycleState.DELETED)


class Municipality(TenantMixin):
    """A local authority with its platform. `schema_name` names both its schema and its database role."""

    auto_create_schema = False
    auto_drop_schema = False
    first_schema_name = ""  # as the database has it: see save()
    is_anonymous = False  # as strangers see one that nobody has verified (tenants.middleware)

    schema_name = models.CharField(max_length=63, unique=True, default=new_schema_name, editable=False)
    slug = models.CharField(max_length=40, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AuthorityKind, default=AuthorityKind.COMMUNE)
    authority_code = models.CharField(
        max_length=9, blank=True, help_text="INSEE code of a commune, department or region; SIREN of a group."
    )
    siren = models.CharField(max_length=9, blank=True)
    department_code = models.CharField(max_length=3, blank=True)
    population = models.PositiveIntegerField(null=True, help_text="As the directory had it: sets the price.")
    # Where it lives: in force wherever its schema is (tenants.postgresql).
    time_zone = models.CharField(max_length=40, choices=TimeZone, default=TimeZone.PARIS)
    languages = models.CharField(max_length=60, blank=True, db_default="", help_text="Besides French: their codes.")
    colour = models.CharField(max_length=7, default=DEFAULT_COLOUR, validators=[validate_colour])
    logo = models.CharField(max_length=20, blank=True, help_text="Digest of the picture kept in its schema, or empty.")
    # Empty: it lives on <slug>.<public host>. Otherwise that address leads here.
    own_domain = models.CharField(max_length=253, blank=True)
    wanted_domain = models.CharField(max_length=253, blank=True, help_text="Asked for; its DNS is not right yet.")
    state = models.CharField(max_length=20, choices=LifecycleState, default=LifecycleState.TRIAL)
    state_since = models.DateTimeField(default=timezone.now)
    state_before = models.CharField(max_length=20, choices=LifecycleState, blank=True)
    last_move = models.CharField(
        max_length=20, choices=Transition, blank=True, help_text="What led to the present state."
    )
    trial_ends_on = models.DateField(null=True)
    trial_warned_for = models.DateField(null=True, help_text="The end that its administrators were told of.")
    renames = models.PositiveSmallIntegerField(default=0, help_text="By its own administrators.")
    # The fingerprint of the structure its schema has (tenants.structure), and why a newer one was refused.
    structure = models.CharField(max_length=64, blank=True)
    structure_problem = models.CharField(max_length=300, blank=True)
    maintenance_since = models.DateTimeField(null=True, help_text="While set, every page answers 503.")
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, help_text="Empty until provisioning is complete: nothing is served.")
    verified_at = models.DateTimeField(null=True, help_text="When the person was found to speak for the authority.")
    opened_at = models.DateTimeField(null=True, help_text="Empty: staff only.")
    accompanied_since = models.DateTimeField(null=True, help_text="While set, the service's team helps it to frame.")
    moved_at = models.DateTimeField(null=True, help_text="It lives in another installation since; here it only reads.")

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "municipalities"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "authority_code"],  # departments and regions share codes
                condition=~models.Q(authority_code=""),
                name="municipality_one_platform_an_authority",
            ),
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^m_[a-z0-9]{10}$"),
                name="municipality_schema_name_is_opaque",
            ),
            models.UniqueConstraint(
                fields=["own_domain"], condition=~models.Q(own_domain=""), name="municipality_own_domain_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> "Municipality":
        municipality: Municipality = super().from_db(*args, **kwargs)
        municipality.first_schema_name = municipality.schema_name
        return municipality

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.first_schema_name not in ("", self.schema_name):
            raise ValueError("A schema's name is for ever")
        super().save(*args, **kwargs)
        self.first_schema_name = self.schema_name

    def __copy__(self) -> "Municipality":
        """Without the ways of pickling, because each request has a copy of its own."""
        own, state = self.__class__.__new__(self.__class__), ModelState()
        state.__dict__ |= {**vars(self._state), "fields_cache": dict(self._state.fields_cache)}
        own.__dict__ |= {**vars(self), "_state": state}
        return own

    @property
    def service_host(self) -> str:
        """Its host on the service's own domain, without a port. It answers as long as the city exists."""
        return f"{self.slug}.{settings.PUBLIC_HOST}"

    @property
    def host(self) -> str:
        """The one host where its pages are: its own domain, or that of the service. Others lead to it."""
        return self.own_domain or self.service_host

    @property
    def url(self) -> str:
        """Its home page, with scheme and port, ending in a slash."""
        return f"{settings.PUBLIC_SCHEME}://{self.host}{settings.PUBLIC_PORT}/"

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    @property
    def is_accompanied(self) -> bool:
        return self.accompanied_since is not None

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def is_public(self) -> bool:
        """Whether everyone may read its pages."""
        return self.is_open and self.is_verified and self.state != LifecycleState.SUSPENDED

    @property
    def takes_writing(self) -> bool:
        """Whether people may write here now. Where not, its database role could not either."""
        return self.state in WRITABLE and self.moved_at is None

    @property
    def moved_to(self) -> str:
        """Of a city that lives in another installation: the host, port and name of its database."""
        gone = CityMove.objects.filter(schema_name=self.schema_name, is_incoming=False).exclude(stage=MoveStage.UNDONE)
        return str(gone.values_list("other", flat=True).first() or "")

    @property
    def sends_digests(self) -> bool:
        """Whether people still get mail about what happens here."""
        return self.state in MAILING

    @property
    def leaves_on(self) -> date:
        """The first day on which a closed city may be deleted."""
        return self.day_of(self.state_since + timedelta(days=settings.CLOSED_DAYS))

    def day_of(self, moment: datetime) -> date:
        """Which day it is there."""
        return timezone.localdate(moment, ZoneInfo(self.time_zone))

    @property
    def cache_state(self) -> str:
        """All that decides what a visitor sees, beside the content."""
        said = (self.state, self.is_open, self.is_verified, self.colour, self.name, self.logo, self.host)
        return "".join(map(str, [*said, self.time_zone, self.languages]))


@dataclass(frozen=True)
class WantedCity:
    """The authority, address and colour that a sign-up hands to the register."""

    authority_name: str
    kind: str
    authority_code: str
    slug: str
    siren: str = ""
    department_code: str = ""
    population: int | None = None
    colour: str = DEFAULT_COLOUR


class Domain(DomainMixin):
    """A host that leads to a city. Stored in lower case, without a port."""

    class Meta:
        ordering = ["domain", "pk"]


class HostReservation(models.Model):
    """A host that was a city's: it stays that authority's, whatever becomes of the city (tenants.reservations).

    Natural keys only: a reservation outlives the city. One that an operator released stays, as history.
    """

    host = models.CharField(max_length=253)
    schema_name = models.CharField(max_length=63, help_text="Of the city that had it.")
    kind = models.CharField(max_length=20, choices=AuthorityKind)
    authority_code = models.CharField(max_length=9, blank=True)
    name = models.CharField(max_length=120, help_text="The authority’s, as it was then.")
    reserved_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True)
    released_by = models.BigIntegerField(null=True, help_text="The operator.")
    release_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["host", "-reserved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["host"], condition=models.Q(released_at__isnull=True), name="host_reserved_once"
            ),
        ]

    def __str__(self) -> str:
        return self.host


def new_domain_token() -> str:
    """What a city writes into the DNS to show that a domain is its own."""
    return secrets.token_hex(16)


class DomainCheck(models.Model):
    """A domain that a city has asked for or uses, and what the DNS last said of it (tenants.domains)."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="domain_checks")
    domain = models.CharField(max_length=253)
    token = models.CharField(max_length=32, default=new_domain_token)
    asked_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict, help_text="tenants.domains.Finding of the last look.")
    wrong_since = models.DateTimeField(null=True, help_text="In use, and no longer leading here.")
    told_at = models.DateTimeField(null=True, help_text="When its administrators were told so.")

    class Meta:
        ordering = ["domain", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "domain"], name="domain_check_once_a_city"),
        ]

    def __str__(self) -> str:
        return self.domain


class VerificationRequest(models.Model):
    """A city that waits for an operator to verify its authority; then the decision."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="verifications")
    asked_at = models.DateTimeField(default=timezone.now)
    asker_email = models.EmailField(blank=True, help_text="Of its administrator; gone once it is decided.")
    vouched_domain = models.CharField(max_length=253, blank=True, help_text="Where a mail was answered.")
    vouched_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True, help_text="The operator. Empty: the domain was known.")
    accepted = models.BooleanField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"], condition=models.Q(decided_at__isnull=True), name="verification_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.municipality_id}"


class KnownDomain(models.Model):
    """A mail domain that is an authority's, to the letter, and how that is known. Operators add as they decide."""

    domain = models.CharField(max_length=253)
    kind = models.CharField(max_length=20, choices=AuthorityKind)
    authority_code = models.CharField(max_length=9)
    source = models.CharField(max_length=300, help_text="Where it is written that it is theirs.")
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.BigIntegerField(null=True, help_text="The operator.")

    class Meta:
        ordering = ["domain", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "kind", "authority_code"], name="known_domain_once"),
        ]

    def __str__(self) -> str:
        return self.domain


class DeletionCertificate(models.Model):
    """What remains of a deleted city: that it was deleted, when, by whom, and how much."""

    schema_name = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=120)
    authority_code = models.CharField(max_length=9, blank=True)
    closed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(default=timezone.now)
    operator_id = models.BigIntegerField(null=True, help_text="Empty: the nightly job, its time having come.")
    rows = models.JSONField(default=dict, help_text="Table → how many rows it had.")

    class Meta:
        ordering = ["-deleted_at", "-pk"]

    def __str__(self) -> str:
        return self.schema_name


class SpareSchema(models.Model):
    """A schema with its role, made ahead, that no city has yet (tenants.spares)."""

    schema_name = models.CharField(max_length=63, primary_key=True)
    structure = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.schema_name


class WaitingOutbox(models.Model):
    """That a schema's outbox may hold something due from that moment on (tenants.waiting).

    Written beside the message, by public.outbox_waits: the only way that a city's role has to this table, for its own
    schema alone.
    """

    schema_name = models.CharField(max_length=63)
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["due_at"], name="waiting_outbox_due")]

    def __str__(self) -> str:
        return self.schema_name


class StructureSnapshot(models.Model):
    """The tables of a city as the migrations leave them, as SQL to replay (tenants.structure)."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    sql = models.TextField()
    captured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-captured_at", "pk"]

    def __str__(self) -> str:
        return self.fingerprint[:12]


class StructureChange(models.Model):
    """What a release changes in a city's tables, recorded once and replayed city by city (tenants.fleet)."""

    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    migrations = models.JSONField(
        default=list, help_text="[[app, name, [SQL, …]]] in order; null for SQL: it runs as Python."
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-recorded_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["before", "after"], name="structure_change_recorded_once")]

    def __str__(self) -> str:
        return f"{self.before[:12]} → {self.after[:12]}"
