"""The address book of the territory: whom the team may ask to take part, or to pass the word on.

It is the team's, and has nothing to do with the accounts of participants: no row of one leads to a row of the other.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.neighbourhoods import NEIGHBOURHOOD_MAX
from consultations.contacts.enums import ContactKind, Way
from consultations.framing.models import Challenge

NAME_MAX, PERSON_MAX, SOURCE_MAX = 120, 80, 120


class Contact(models.Model):
    kind = models.CharField(max_length=15, choices=ContactKind)
    name = models.CharField(max_length=NAME_MAX)
    name_key = models.CharField(max_length=NAME_MAX, help_text="The same for the same words.")
    person = models.CharField(max_length=PERSON_MAX, blank=True, help_text="Whom to ask for.")
    email = models.EmailField(max_length=254, blank=True, help_text="In small letters.")
    phone = models.CharField(max_length=30, blank=True)
    address = models.TextField(blank=True, help_text="Postal, for letters.")
    neighbourhood = models.CharField(max_length=NEIGHBOURHOOD_MAX, blank=True)
    source = models.CharField(max_length=SOURCE_MAX, help_text="Where this comes from: whoever is written to reads it.")
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(
        help_text="When it was last written, changed or written to: it is kept from then on."
    )
    written_at = models.DateTimeField(null=True, help_text="When the last exchange was.")
    refused_at = models.DateTimeField(null=True, help_text="Since when it wants no message.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two editors see each other.")

    class Meta:
        ordering = ["name_key", "pk"]
        indexes = [models.Index(fields=["name_key", "id"], name="contact_names")]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~models.Q(email=""), name="contact_address_once")
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Concern(models.Model):
    """A challenge that concerns a contact."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="concerns", db_index=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "challenge"], name="contact_concern_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.challenge_id}"


class Exchange(models.Model):
    """Who of the team was in touch with a contact, when, how and about what."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="exchanges", db_index=False)
    way = models.CharField(max_length=10, choices=Way)
    words = models.TextField(help_text="What was said, or the message.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(help_text="When it was.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["contact", "-at"], name="contact_exchanges")]

    def __str__(self) -> str:
        return f"exchange {self.pk}"


class Unwilling(models.Model):
    """An address that wants no message, known by a mark alone: it stays when its contact is deleted, so that nobody
    writes to it again because it stands in another list."""

    mark = models.UUIDField(primary_key=True)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return "unwilling"
