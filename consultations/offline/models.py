"""Sheets and their receipts, what was typed of them and by whom, and how a member of the team types."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.enums import AgeBand, Capacity
from accounts.neighbourhoods import NEIGHBOURHOOD_MAX
from consultations.framing.models import Challenge, Consultation
from consultations.offline.enums import GONE, EntryKind, EntryState
from consultations.participation.enums import OFFLINE, Channel, Stance
from consultations.participation.models import Argument, Proposal, Texts

CHANNELS = [(each.value, each.label) for each in OFFLINE]
PLACE_MAX, NAME_MAX = 80, 80
# Of an entry that is gone: what whoever gave it had said.
NOTHING_SAID = dict.fromkeys(
    ("title", "solution", "problem", "benefit", "name", "age_band", "neighbourhood", "capacity", "place"), ""
)


class Receipt(models.Model):
    """Of one sheet. Made with it, or ahead for a printed one: then it opens nothing until the sheet is entered."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="offline_receipts", db_index=False
    )
    sheet = models.PositiveIntegerField(null=True, help_text="The number on the sheet, where it has one.")
    digest = models.UUIDField(unique=True, help_text="codes.digest_of")
    is_printed = models.BooleanField(default=False, help_text="Made ahead: it stands on the sheet.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["consultation", "sheet"], name="offline_sheet_once")]

    def __str__(self) -> str:
        return str(self.sheet or self.pk)


class Entry(Texts):
    """One sheet, as it was typed. Its words are here until they are published; then they are the contribution's alone.

    Its key is made where it is typed: sent twice, it is one.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    sent = models.CharField(
        max_length=16, blank=True, default="", db_default="", help_text="The mark of its words as they were sent."
    )
    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="offline_entries", db_index=False
    )
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=EntryKind, default=EntryKind.PROPOSAL)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.GIVEN)
    receipt = models.OneToOneField(Receipt, null=True, on_delete=models.PROTECT, related_name="entry")
    sheet = models.PositiveIntegerField(null=True, help_text="Of a draft: the number that was typed.")
    channel = models.CharField(max_length=10, choices=CHANNELS, default=Channel.PAPER)
    place = models.CharField(max_length=PLACE_MAX, blank=True)
    given_on = models.DateField(help_text="When the person gave it.")
    meeting = models.PositiveBigIntegerField(null=True, help_text="The meeting at which it was given, by its number.")
    title = models.CharField(max_length=300, blank=True)
    solution = models.TextField(blank=True, help_text="Of an argument: its text.")
    about = models.ForeignKey(
        Proposal, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Of an argument."
    )
    stance = models.CharField(max_length=10, choices=Stance, blank=True)
    name = models.CharField(max_length=NAME_MAX, blank=True, help_text="Of whoever wants to be named.")
    age_band = models.CharField(max_length=20, choices=AgeBand, blank=True)
    neighbourhood = models.CharField(max_length=NEIGHBOURHOOD_MAX, blank=True)
    capacity = models.CharField(max_length=20, choices=Capacity, blank=True)
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    typed_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    read_at = models.DateTimeField(null=True)
    proposal = models.OneToOneField(Proposal, null=True, on_delete=models.SET_NULL, related_name="+")
    argument = models.OneToOneField(Argument, null=True, on_delete=models.SET_NULL, related_name="+")
    bound_at = models.DateTimeField(null=True, help_text="When it was attached to an account.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["consultation", "typed_by", "-id"], name="offline_typed"),
            models.Index(fields=["consultation", "id"], name="offline_to_read", condition=Q(state=EntryState.TO_READ)),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_argument(self) -> bool:
        return self.kind == EntryKind.ARGUMENT

    @property
    def is_given(self) -> bool:
        return self.state == EntryState.GIVEN

    @property
    def is_gone(self) -> bool:
        return self.state in GONE

    @property
    def contribution(self) -> Proposal | Argument | None:
        return self.argument if self.is_argument else self.proposal


class Correction(models.Model):
    """Of a sheet that waits or is entered: who changed its words, and where those stand that everybody had read."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="corrections")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Of the team; nobody: by receipt, or who has left.",
    )
    at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(null=True, help_text="Of a proposal: the version that it made, if any.")
    stance = models.CharField(max_length=10, choices=Stance, blank=True, help_text="Of an argument, before.")
    text = models.TextField(blank=True, help_text="Of an argument that everybody had read: what it said before.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)


class EntryDesk(models.Model):
    """What stays from sheet to sheet while somebody types, and the pile they have before them."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.CharField(max_length=10, choices=CHANNELS, default=Channel.PAPER)
    place = models.CharField(max_length=PLACE_MAX, blank=True)
    given_on = models.DateField(null=True)
    pile = models.PositiveIntegerField(default=0, help_text="How many sheets; 0: not said.")
    pile_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["consultation", "user"], name="offline_desk_once")]

    def __str__(self) -> str:
        return str(self.pk)


class EntryRule(models.Model):
    """What the city has set for a consultation; without a row: nothing."""

    consultation = models.OneToOneField(
        Consultation, primary_key=True, on_delete=models.CASCADE, related_name="offline_rule"
    )
    read_twice = models.BooleanField(default=False, help_text="A colleague reads each sheet before it is public.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)
