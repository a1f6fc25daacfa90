"""What the city itself says of the results of a consultation."""

from django.db import models

from consultations.framing.models import Consultation

TAKEAWAYS_MAX = 2000


class Takeaways(models.Model):
    """What the city retains of a consultation, in a few sentences of its own: above its results."""

    consultation = models.OneToOneField(Consultation, on_delete=models.CASCADE, related_name="takeaways")
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two editors see each other.")
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "takeaways"

    def __str__(self) -> str:
        return self.text[:60]
