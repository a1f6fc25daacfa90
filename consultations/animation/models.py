"""What people are told, on the site and by e-mail."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.animation.enums import Frequency, NoticeKind
from consultations.framing.models import Challenge
from consultations.participation.models import Argument, CoAuthorInvitation, CollectiveProposal, Proposal


class Notice(models.Model):
    """One thing to tell one person. While it is neither read nor mailed, more of the same is counted into it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind)
    # What it is about, as far as its kind has it. The words are composed when it is shown.
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.CASCADE, related_name="+")
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.CASCADE, related_name="+")
    argument = models.ForeignKey(Argument, null=True, on_delete=models.CASCADE, related_name="+")
    invitation = models.ForeignKey(CoAuthorInvitation, null=True, on_delete=models.CASCADE, related_name="+")
    collective = models.ForeignKey(CollectiveProposal, null=True, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    group_key = models.CharField(max_length=80, help_text="Notices of the same key become one.")
    count = models.PositiveIntegerField(default=1)
    # The facts counted already: a fact told twice is counted once.
    facts = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-updated_at", "-id"], name="notice_list"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "group_key"], condition=models.Q(read_at=None, mailed_at=None), name="notice_grouped"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"


class MailPreference(models.Model):
    """How often a person is written to. No row: as the default says."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mail_preference"
    )
    frequency = models.CharField(max_length=20, choices=Frequency, default=Frequency.DAILY)
    # Unsubscribing links are made for one generation: wanting mail again makes those of older messages void.
    generation = models.PositiveIntegerField(default=1)
    last_mail_at = models.DateTimeField(null=True)
    next_mail_at = models.DateTimeField(null=True, help_text="A message is waiting to be sent then.")

    def __str__(self) -> str:
        return self.frequency
