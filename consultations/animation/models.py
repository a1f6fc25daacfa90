"""Campaigns: messages of the city to people who agreed to them, and one row for each person of each."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.animation.enums import CampaignState, Problem, RecipientState, Returned

SUBJECT_MAX = 120


class Campaign(models.Model):
    subject = models.CharField(max_length=SUBJECT_MAX)
    body = models.TextField()
    segment = models.CharField(max_length=40, help_text="Key of a Segment (notifications.audiences).")
    value = models.CharField(max_length=80, blank=True, help_text="Which one, of a segment that asks for it.")
    audience = models.CharField(max_length=400, blank=True, help_text="The segment in words, as it was when decided.")
    state = models.CharField(max_length=10, choices=CampaignState, default=CampaignState.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, help_text="When the list was made and the sending asked for.")
    planned_at = models.DateTimeField(null=True, help_text="Nothing leaves before.")
    finished_at = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True, help_text="After a failure of the mail server nothing leaves before.")
    failures = models.PositiveIntegerField(default=0, help_text="Of the mail server, in a row.")
    problem = models.CharField(max_length=10, choices=Problem, blank=True)
    code = models.PositiveSmallIntegerField(null=True, help_text="What the mail server last answered to that.")
    results = models.JSONField(default=dict, help_text="Counts, for when the rows of its people are forgotten.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two editors see each other.")
    form = models.UUIDField(null=True, unique=True, help_text="Drawn with the form: sent twice it makes one.")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=CampaignState.DRAFT, decided_at=None)
                | ~models.Q(state=CampaignState.DRAFT) & models.Q(decided_at__isnull=False, planned_at__isnull=False),
                name="campaign_decided_once_it_leaves",
            )
        ]

    def __str__(self) -> str:
        return f"campaign {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == CampaignState.DRAFT

    @property
    def is_over(self) -> bool:
        return self.state in (CampaignState.SENT, CampaignState.STOPPED)


class Recipient(models.Model):
    """One message to one person. Its number makes the Message-ID, the same at each try."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="campaign_messages"
    )
    state = models.CharField(max_length=15, choices=RecipientState, default=RecipientState.WAITING)
    due_at = models.DateTimeField(help_text="When it may next be tried, as long as it waits.")
    tries = models.PositiveSmallIntegerField(default=0)
    is_uncertain = models.BooleanField(
        default=False, help_text="A process or a connection ended while it was in flight: it may arrive twice."
    )
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField(null=True, help_text="What the mail server answered, where it refused.")
    unsubscribed_at = models.DateTimeField(null=True, help_text="By the link of this very message.")

    returned = models.CharField(max_length=10, choices=Returned, blank=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["campaign", "due_at", "id"],
                name="campaign_waiting",
                condition=models.Q(state=RecipientState.WAITING),
            ),
            models.Index(
                fields=["campaign"], name="campaign_in_flight", condition=models.Q(state=RecipientState.SENDING)
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["campaign", "user"], name="campaign_once_each")]

    def __str__(self) -> str:
        return str(self.pk)
