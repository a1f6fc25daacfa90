"""Keys of the API, and what was answered to what may be sent again."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

NAME_MAX = 60


class Token(models.Model):
    """A key: it acts as its person, for what its scopes say. Of its secret only the hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=NAME_MAX)
    token_hash = models.CharField(max_length=64)
    hint = models.CharField(max_length=4, help_text="Its last signs, to tell one from another.")
    scopes = models.CharField(max_length=300, help_text="Keys of scopes (rest.scopes), between spaces.")
    is_of_team = models.BooleanField(default=False, help_text="Made in the desk, where administrators see it.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        # By a constraint: `unique=True` would have PostgreSQL keep a second index, for LIKE.
        constraints = [models.UniqueConstraint(fields=["token_hash"], name="token_hash_once")]

    def __str__(self) -> str:
        return f"key {self.pk}"

    @property
    def scope_keys(self) -> set[str]:
        return set(self.scopes.split())

    def holds(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at


class KeptAnswer(models.Model):
    """What was answered to a request that named itself (Idempotency-Key): sent again, it is answered the same."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="answers", db_index=False)
    key = models.CharField(max_length=64, help_text="Hash of what the request called itself.")
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(default=dict, help_text="Numbers and addresses; nothing that was typed.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return f"answer {self.pk}"
