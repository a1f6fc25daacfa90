"""The register of cities. In `public` only; a city's own tables never point here."""

import secrets
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.enums import AuthorityKind, LifecycleState

# The service’s own green, until the city picks its colour.
DEFAULT_COLOUR = "#1d4a41"
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
        return self.filter(ready_at__isnull=False).exclude(state=LifecycleState.DELETED)


class Municipality(TenantMixin):
    """A local authority with its platform. `schema_name` names both its schema and its database role."""

    auto_create_schema = False
    auto_drop_schema = False
    first_schema_name = ""  # as the database has it: see save()

    schema_name = models.CharField(max_length=63, unique=True, default=new_schema_name, editable=False)
    slug = models.CharField(max_length=40, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AuthorityKind, default=AuthorityKind.COMMUNE)
    authority_code = models.CharField(
        max_length=9, blank=True, help_text="INSEE code of a commune, department or region; SIREN of a group."
    )
    colour = models.CharField(max_length=7, default=DEFAULT_COLOUR, validators=[validate_colour])
    state = models.CharField(max_length=20, choices=LifecycleState, default=LifecycleState.TRIAL)
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, help_text="Empty until provisioning is complete: nothing is served.")
    verified_at = models.DateTimeField(null=True, help_text="When the person was found to speak for the authority.")
    opened_at = models.DateTimeField(null=True, help_text="Empty: staff only.")

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
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> "Municipality":
        municipality = super().from_db(*args, **kwargs)
        municipality.first_schema_name = municipality.schema_name
        return municipality

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.first_schema_name not in ("", self.schema_name):
            raise ValueError("A schema's name is for ever")
        super().save(*args, **kwargs)
        self.first_schema_name = self.schema_name

    @property
    def host(self) -> str:
        """The host of its platform's address on the service's own domain, without a port."""
        return f"{self.slug}.{settings.PUBLIC_HOST}"

    @property
    def url(self) -> str:
        """Its home page, with scheme and port, ending in a slash."""
        return f"{settings.PUBLIC_SCHEME}://{self.host}{settings.PUBLIC_PORT}/"

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    @property
    def cache_state(self) -> str:
        """What, beside its content, decides what a visitor sees."""
        return f"{self.state}{self.is_open}{self.colour}{self.name}"


class Domain(DomainMixin):
    """A host that leads to a city. Stored in lower case, without a port."""

    class Meta:
        ordering = ["domain", "pk"]


class StructureSnapshot(models.Model):
    """The tables of a city as the migrations leave them, as SQL to replay (tenants.structure)."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    sql = models.TextField()
    captured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-captured_at", "pk"]

    def __str__(self) -> str:
        return self.fingerprint[:12]
