"""The two tables that every schema has whatever its apps: its revision and its outbox."""

import uuid

from django.db import models
from django.utils import timezone


class ContentRevision(models.Model):
    """One row a schema, counted up with every committed change: visitors' cached pages are keyed by it.

    The database backend moves it, at the end of the transaction that changed something
    (tenants.postgresql), so that a page and its revision can never disagree.
    """

    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="content_revision_single_row")]

    def __str__(self) -> str:
        return str(self.value)


class OutboxMessage(models.Model):
    """A task to run, written in the transaction that wants it and deleted by the run that did it."""

    MAX_ATTEMPTS = 10

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now, null=True, help_text="Empty once given up.")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.task} ({self.pk})"
