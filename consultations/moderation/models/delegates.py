"""The service's team in a city that has it moderate."""

from django.conf import settings
from django.db import models


class Delegate(models.Model):
    """An account of this city with which one operator moderates by its delegation: role DELEGATE, and no other way in.

    The city knows the operator by a number.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    operator = models.BigIntegerField(unique=True, help_text="Of the service's own accounts.")
    since = models.DateTimeField()
    last_entered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"delegate {self.pk}"
