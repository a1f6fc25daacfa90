"""Who wants no part in analyses."""

from django.conf import settings
from django.db import models


class LeftAnalyses(models.Model):
    """A person whose reactions are in no analysis (RGPD, article 21): until they come back, which deletes the row."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}"
