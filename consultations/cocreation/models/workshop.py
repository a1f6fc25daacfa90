"""Working on a proposal together: who was asked, and what each of them is writing."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from consultations.participation.models.proposals import Proposal, Texts


class CoAuthorInvitation(models.Model):
    """An author asks somebody to work with them: a person of this city, or whoever has an e-mail address."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(max_length=254, blank=True)
    mailbox = models.CharField(max_length=254, blank=True, help_text="Where that address leads (accounts.mailboxes).")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True, help_text="Empty: not answered, or taken back by the author.")

    class Meta:
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(user=None) ^ models.Q(email=""), name="invitation_to_one"),
            models.UniqueConstraint(
                fields=["proposal", "user"], condition=models.Q(answered_at=None), name="invitation_once_by_person"
            ),
            models.UniqueConstraint(
                "proposal",
                Lower("email"),
                condition=models.Q(answered_at=None, user=None),
                name="invitation_once_by_mail",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)


class ReworkDraft(Texts):
    """The next version as one person is writing it. Each co-author has their own: nobody writes over another."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="rework_drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rework_drafts")
    base_version = models.PositiveIntegerField(help_text="The version it was begun from.")
    note = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts savings: two devices see each other.")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="rework_draft_once")]

    def __str__(self) -> str:
        return self.title
