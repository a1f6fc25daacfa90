"""The list of the week for those who animate: made once on Monday, mailed, kept so that it does not repeat itself."""

from django.db import models
from django.utils import timezone

from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation


class MondayList(models.Model):
    """Of one Monday, in the city's own time. There is one, whoever makes it twice."""

    monday = models.DateField(unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    mailed = models.PositiveSmallIntegerField(default=0, help_text="To how many people.")

    def __str__(self) -> str:
        return f"list of {self.monday}"


class ListedThing(models.Model):
    """A line of the week (common.worklist) that was chosen. Whether it is done the week says (portal.WorkItem)."""

    of = models.ForeignKey(MondayList, on_delete=models.CASCADE, related_name="things", db_index=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120, help_text="Of the line: its kind and subject.")
    title = models.CharField(max_length=250, help_text="Of the line, as it was then.")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["of", "consultation", "key"], name="worklist_thing_once")]

    def __str__(self) -> str:
        return f"thing {self.pk}"


class PhaseTold(models.Model):
    """That a phase begins, or ends soon, as it was told to those of its consultation: once for each moment."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=PhaseKind)
    begins = models.BooleanField()
    moment = models.DateTimeField()
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "kind", "begins", "moment"], name="phase_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.moment}"
