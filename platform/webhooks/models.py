"""Sites that a city has told of what is published, and the log of it. No row leads to a person: the trail knows who."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from webhooks.enums import DeliveryState, EndpointState, Outcome

LOG_KEPT = timedelta(days=30)


class Endpoint(models.Model):
    name = models.CharField(max_length=80)
    # As it is sent to: the host in ASCII, without a fragment. It may hold a secret of the other site.
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=60), help_text="Keys of what it is told of (webhooks.registry).")
    state = models.CharField(max_length=10, choices=EndpointState, default=EndpointState.ACTIVE)
    secret = models.CharField(max_length=80)
    # Signs too until then: whoever receives changes theirs meanwhile.
    old_secret = models.CharField(max_length=80, blank=True)
    old_secret_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True, help_text="After a failure nothing is sent there before.")
    disabled_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two editors see each other.")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["url"], name="webhook_url_once"),
            models.CheckConstraint(
                condition=models.Q(old_secret="", old_secret_until=None)
                | ~models.Q(old_secret="") & models.Q(old_secret_until__isnull=False),
                name="webhook_old_secret_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Delivery(models.Model):
    """A message to one site. Its number is the `webhook-id`, the same at each try."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Without the database's constraint: both tables stay as they are where a city is put back (tables.py).
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="deliveries", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=60)
    body = models.TextField(help_text="JSON, to the letter as it is sent and signed.")
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    due_at = models.DateTimeField(null=True, help_text="When it may next be tried; empty unless it waits.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Since it was made, or last sent again by hand.")
    # Of all its tries the last 20: {at, outcome, status, ms, answer}.
    log = models.JSONField(default=list)
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhook_log"),
            models.Index(
                fields=["endpoint", "due_at", "created_at"],
                condition=models.Q(due_at__isnull=False),
                name="webhook_due",
            ),
            models.Index(fields=["created_at"], name="webhook_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=DeliveryState.WAITING, due_at__isnull=False)
                | ~models.Q(state=DeliveryState.WAITING) & models.Q(due_at=None),
                name="webhook_due_while_waiting",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def message_id(self) -> str:
        return f"msg_{self.pk.hex}"
