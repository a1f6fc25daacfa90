"""What the team has said of the lines of its week."""

from typing import Any

from django.conf import settings
from django.db import models

from consultations.framing.models import Consultation


class WorkItem(models.Model):
    """A line that somebody has taken, put off or done. The line itself is made anew at each look (common.worklist)."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=120, help_text="Of the line: its kind and subject.")
    title = models.CharField(max_length=250, help_text="Of the line, as it was then.")
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    assigned_at = models.DateTimeField(null=True)
    until = models.DateField(null=True, help_text="Put off until the morning of that day.")
    when = models.PositiveSmallIntegerField(default=0, help_text="How much it pressed when it was put off.")
    amount = models.PositiveIntegerField(default=0, help_text="How many things it stood for then.")
    done_at = models.DateTimeField(null=True)
    sent = models.PositiveIntegerField(default=0, help_text="How many were written to by the press that made it done.")
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    handled_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "key"], name="work_item_once")]

    def __str__(self) -> str:
        return self.title

    def is_done(self, line: Any, *, at: Any) -> bool:
        """Until the line comes back, if it is one that does."""
        return self.done_at is not None and (line.rests is None or at < self.done_at + line.rests)

    def holds_back(self, line: Any, *, today: Any) -> bool:
        """Whether it was put off, its day has not come, and it is no worse: it presses no more, it has not doubled."""
        return (
            self.until is not None
            and today < self.until
            and line.when >= self.when
            and line.amount < 2 * max(self.amount, 1)
        )
