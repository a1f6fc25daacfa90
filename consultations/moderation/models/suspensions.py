"""A suspension outlives the account: leaving and coming back does not end it."""

from django.db import models


class KeptSuspension(models.Model):
    """Of somebody who left while suspended. Whoever makes an account with that mailbox is suspended until then."""

    mailbox_hash = models.CharField(max_length=64, unique=True, help_text="Keyed: no address can be read from it.")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.until}"
