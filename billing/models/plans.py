"""What the service costs: dated versions, which never change what was signed."""

from django.db import models

from billing.enums import Territory
from tenants.enums import AuthorityKind


class PlanVersion(models.Model):
    """The prices from one day on. A new price is a new version."""

    number = models.PositiveIntegerField(unique=True)
    from_on = models.DateField()
    withdrawn_on = models.DateField(null=True, help_text="No quote is made of it from that day on.")
    note = models.TextField(blank=True, help_text="Why it was made: for operators.")
    made_by = models.CharField(max_length=254, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-from_on", "-number"]

    def __str__(self) -> str:
        return f"plan {self.number}"


class Band(models.Model):
    """What authorities of a kind pay a year, up to a population."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="bands")
    kind = models.CharField(max_length=20, choices=AuthorityKind)
    maximum = models.PositiveIntegerField(null=True, help_text="Inhabitants; empty: any.")
    yearly_cents = models.PositiveIntegerField(null=True, help_text="Without tax; empty: on quotation.")

    class Meta:
        ordering = ["version", "kind", models.F("maximum").asc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "maximum"], name="billing_band_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ≤ {self.maximum}"


class VatRate(models.Model):
    """The rate of VAT somewhere, from one day on."""

    territory = models.CharField(max_length=20, choices=Territory)
    from_on = models.DateField()
    basis_points = models.PositiveIntegerField(help_text="2000: 20 %.")
    source = models.CharField(max_length=200, help_text="The article of law; and who confirmed it.")

    class Meta:
        ordering = ["territory", "-from_on"]
        constraints = [models.UniqueConstraint(fields=["territory", "from_on"], name="billing_vat_once")]

    def __str__(self) -> str:
        return f"{self.territory} {self.basis_points}"
