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


class ContactBatch(models.Model):
    """Contacts out of one spreadsheet: taken up as a whole, undone as a whole. Its lines go once they are taken up."""

    digest = models.CharField(max_length=64, help_text="Of the file: the same one is known again.")
    lines = models.JSONField(default=list, help_text="[[number, cell, …]], the heads of the columns first.")
    columns = models.JSONField(default=dict, help_text="{field: place of its column}")
    kind = models.CharField(max_length=15, choices=ContactKind, help_text="Of those whose line says none.")
    source = models.CharField(max_length=SOURCE_MAX, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    added = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"batch {self.pk}"


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
    batch = models.ForeignKey(
        ContactBatch,
        null=True,
        on_delete=models.SET_NULL,
        related_name="contacts",
        help_text="Out of which spreadsheet.",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(
        help_text="When it was last written, changed or written to: it is kept from then on."
    )
    written_at = models.DateTimeField(null=True, help_text="When the last exchange was.")
    refused_at = models.DateTimeField(null=True, help_text="Since when it wants no message.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two editors see each other.")
    tag = models.CharField(
        max_length=8, blank=True, db_default="", help_text="Of the address that it was given: nobody guesses another's."
    )
    form = models.UUIDField(null=True, unique=True, help_text="Drawn with the form: sent twice it makes one.")

    class Meta:
        ordering = ["name_key", "pk"]
        indexes = [models.Index(fields=["name_key", "id"], name="contact_names")]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~models.Q(email=""), name="contact_address_once"),
            models.UniqueConstraint(fields=["tag"], condition=~models.Q(tag=""), name="contact_tag_once"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Concern(models.Model):
    """A challenge that concerns a contact: a note of the team, which keeps nothing from being closed or deleted."""

    is_use_of_challenges = False

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
    subject = models.CharField(max_length=120, blank=True, help_text="Of a message.")
    words = models.TextField(help_text="What was said, or the message.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(help_text="When it was.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["contact", "-at"], name="contact_exchanges")]

    def __str__(self) -> str:
        return f"exchange {self.pk}"


class ContactVisit(models.Model):
    """How often the address that a contact was given was opened on a day: a number, and nothing of who opened it."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="visits", db_index=False)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "day"], name="contact_visits_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.day}"


class Unwilling(models.Model):
    """An address that wants no message, known by a mark alone: it stays when its contact is deleted, so that nobody
    writes to it again because it stands in another list."""

    mark = models.UUIDField(primary_key=True)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return "unwilling"
