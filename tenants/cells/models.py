"""What the register knows of cells. In `public`, with the other models of this app (tenants.models)."""

import uuid

from django.db import models
from django.utils import timezone

from tenants.enums import MoveStage


class Installation(models.Model):
    """Which cell this database is (tenants.cells): one row, noted by `prepare`."""

    number = models.PositiveSmallIntegerField(primary_key=True, help_text="CELL of the settings: 0 for the first.")
    public_host = models.CharField(max_length=253)
    key_check = models.CharField(max_length=64, help_text="What its SECRET_KEY makes of a word, to compare.")
    noted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"cell {self.number}"


class CityMove(models.Model):
    """A city on its way to another installation's database, in the register of both under one key (tenants.cells)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    schema_name = models.CharField(max_length=63)
    is_incoming = models.BooleanField(default=False)
    other = models.CharField(max_length=300, help_text="host:port/name of the other database.")
    stage = models.CharField(max_length=20, choices=MoveStage, default=MoveStage.COPYING)
    # What was handed over (tenants.cells.packing): until the former copy is dropped.
    package = models.BinaryField(null=True)
    left_numbers = models.JSONField(
        default=list, help_text="Numbers of invoices that left with it: the series has them still."
    )
    figures = models.JSONField(default=dict, help_text="Rows, seconds.")
    begun_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True, help_text="When the former copy was dropped.")

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["schema_name"], condition=models.Q(ended_at=None), name="city_moves_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.schema_name} {self.stage}"
