"""The tables that every schema has whatever its apps: what has changed there, and its outbox."""

import uuid

from django.db import models
from django.utils import timezone


class ContentRevision(models.Model):
    """One row a schema: how often what its pages show has changed, in ways that act at once and in those that may wait.

    The database backend moves it, at the end of the transaction that changed something
    (tenants.postgresql), so that a page and its revision can never disagree (common.pagecache).
    """

    value = models.BigIntegerField(default=0, help_text="Changes that every page shows at once.")
    soon = models.BigIntegerField(default=0, db_default=0, help_text="Those that others see within a second.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="content_revision_single_row")]

    def __str__(self) -> str:
        return f"{self.value}.{self.soon}"


class ChangedScope(models.Model):
    """When something that pages depend on has last changed: at which `ContentRevision.soon`.

    Whoever counts `soon` up holds its row until the commit. So whoever reads that it is 7 sees all of the changes up to
    the seventh, and a page that was begun at 7 still holds as long as nothing that it depends on stands at 8 or more.
    """

    scope = models.CharField(max_length=40, primary_key=True)
    soon = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.scope} ({self.soon})"


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
