"""Working on a proposal together: who was asked, what each of them is writing; several brought together into one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from consultations.cocreation.enums import Consent, MergeState
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge
from consultations.participation.enums import Status
from consultations.participation.models import Authored, Proposal, Texts


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

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="rework_drafts", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rework_drafts")
    base_version = models.PositiveIntegerField(help_text="The version it was begun from.")
    note = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts savings: two devices see each other.")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="rework_draft_once")]

    def __str__(self) -> str:
        return self.title


class HeldVersion(Authored, Texts):
    """A next version that waits to be read before it is published: the present one stays public meanwhile.

    Published, it is a ProposalVersion, and this row is gone.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="held_versions")
    base_version = models.PositiveIntegerField(help_text="The version it was begun from.")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=models.Q(status=Status.HELD), name="held_version_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


# How many proposals one collective proposal brings together.
MIN_SOURCES, MAX_SOURCES = 2, 8


class MergeRequest(Texts):
    """A request to bring proposals together and, once formed, the proposal that it became.

    The text is written here while consent is asked. `proposal` is the collective proposal itself: it has
    reactions, arguments and versions like any other.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    proposal = models.OneToOneField(Proposal, null=True, on_delete=models.CASCADE, related_name="collective")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=20, choices=MergeState, default=MergeState.ASKING)
    message = models.TextField(blank=True, help_text="Why, in the words of whoever began it, to the other authors.")
    revision = models.PositiveIntegerField(default=1, help_text="Counts changes: consent is to one text.")
    earlier = models.JSONField(
        default=list, help_text="The texts before this one: whoever had answered sees what changed."
    )
    started_at = models.DateTimeField(default=timezone.now)
    formed_at = models.DateTimeField(null=True)
    formed_in = models.CharField(max_length=20, choices=PhaseKind, blank=True, help_text="It is undone in this phase.")
    ended_at = models.DateTimeField(null=True, help_text="When it was undone, or given up.")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class MergeSource(models.Model):
    """One of the proposals to bring together, and whether its authors agree."""

    collective = models.ForeignKey(MergeRequest, on_delete=models.CASCADE, related_name="sources", db_index=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="collective_sources")
    consent = models.CharField(max_length=20, choices=Consent, default=Consent.ASKED)
    # Of the text that was answered: another text asks anew.
    revision = models.PositiveIntegerField(default=0)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["collective", "proposal"], name="collective_source_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} → {self.collective_id}"
