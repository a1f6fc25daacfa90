"""What one should know before answering."""

from django.db import models
from django.utils import timezone

from consultations.framing.models.consultations import Consultation


class Document(models.Model):
    """What one should know before answering: a page elsewhere, or a text kept here."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(max_length=120)
    url = models.URLField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(url="") ^ ~models.Q(text=""), name="document_is_a_link_or_a_text"
            ),
            models.UniqueConstraint(fields=["consultation", "title"], name="document_title_once"),
        ]

    def __str__(self) -> str:
        return self.title
