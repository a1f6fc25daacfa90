"""What makes a consultation known: where it is put up, how often its address was opened, which sheets were printed."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.kit.enums import PLACED, Support

SPOT_MAX = 60


class Spot(models.Model):
    """A place where a support is put up or given out, with a short address of its own."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    support = models.CharField(max_length=2, choices=[(each.value, each.label) for each in PLACED])
    name = models.CharField(max_length=SPOT_MAX)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["support", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["consultation", "support", "name"], name="kit_spot_once")]

    def __str__(self) -> str:
        return self.name


class ScanDay(models.Model):
    """How often the short address of a support was opened on a day: a number, and nothing of who opened it."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    support = models.CharField(max_length=2, choices=Support)
    spot = models.PositiveBigIntegerField(default=0, help_text="Number of the Spot; 0, none of its own.")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "support", "spot", "day"], name="kit_scan_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.support}{self.consultation_id} {self.day}"


class SheetRun(models.Model):
    """Paper forms of one printing. A number is on one sheet of the city and no other, whatever becomes of the files."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="sheet_runs", db_index=False)
    first = models.PositiveIntegerField(unique=True)
    last = models.PositiveIntegerField()
    spot = models.PositiveBigIntegerField(default=0, help_text="Number of the Spot where they lie; 0, none of its own.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-first"]
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="kit_sheet_run_has_sheets")
        ]
        indexes = [models.Index(fields=["consultation", "first"], name="kit_sheet_run_of")]

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    @property
    def count(self) -> int:
        return self.last - self.first + 1


class SheetPart(models.Model):
    """Some sheets of a run as a PDF: made one part after the other, each once."""

    run = models.ForeignKey(SheetRun, on_delete=models.CASCADE, related_name="parts", db_index=False)
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["run", "first"]
        constraints = [models.UniqueConstraint(fields=["run", "first"], name="kit_sheet_part_once")]

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"
