"""What the city's team and the service's say of a challenge among themselves, in its margin."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import NAME_MAX
from consultations.framing.enums import MarginField, Side
from consultations.framing.models.consultations import Challenge


class MarginComment(models.Model):
    """About one field of a challenge; or an answer to such a comment. Residents never read it."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="margin_comments")
    field = models.CharField(max_length=20, choices=MarginField)
    answers = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="replies", help_text="Empty: it begins a thread."
    )
    text = models.TextField(blank=True, help_text="Empty: its author left, and had it removed.")
    side = models.CharField(max_length=10, choices=Side)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    signed = models.CharField(max_length=NAME_MAX, blank=True, help_text="Of the service: the name of its author.")
    written_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    resolved_as = models.CharField(max_length=NAME_MAX, blank=True, help_text="Of the service: who resolved it.")

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answers=None) | models.Q(resolved_at=None), name="margin_threads_are_resolved"
            ),
        ]

    def __str__(self) -> str:
        return f"margin comment {self.pk}"

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None

    @property
    def writer(self) -> str:
        """Among those who frame: an address for who has no public name; nothing where the service alone signs."""
        if self.side == Side.SERVICE:
            return self.signed
        return (self.author.public_name or self.author.email) if self.author else str(_("Somebody who has left"))

    @property
    def resolver(self) -> str:
        if self.resolved_as:
            return self.resolved_as
        return self.resolved_by.team_name if self.resolved_by else ""

    def same_as(self, *, author_id: int | None, text: str, since: datetime) -> bool:
        """Whether a form was sent twice."""
        return self.author_id == author_id and self.text == text and self.written_at > since
