"""What the service's team has to know of cities that have it moderate. In `public`, where no city's role may look."""

from django.db import models

from tenants.models import Municipality


class WaitingCase(models.Model):
    """A case that waits for the service's team: which one, of what kind, since when. No text, no name.

    Written by the service's own role alone, from the city's state (consultations.moderation).
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="waiting_cases")
    case = models.BigIntegerField(help_text="Its number in the city.")
    kind = models.CharField(max_length=10, help_text="Of consultations.moderation.")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_appeal = models.BooleanField(default=False)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["municipality", "case"], name="waiting_case_once")]
        indexes = [models.Index(fields=["due_at", "id"], name="waiting_case_urgent")]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.case}"


class Ticket(models.Model):
    """One way into one city, for one operator, for a minute, once. Only the hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="+")
    case = models.BigIntegerField(null=True, help_text="Where it leads. Empty: to the challenges, to frame.")
    operator = models.BigIntegerField(help_text="Of the service's own accounts.")
    generation = models.PositiveIntegerField(
        help_text="Of the operator's sessions: once they end, so does what it opened."
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"ticket {self.pk}"
