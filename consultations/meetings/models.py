"""Meetings, those who signed up, and what was said there."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.framing.models import Challenge, Consultation, Document
from consultations.meetings.enums import MeetingKind, Place
from consultations.participation.models import Argument, Proposal


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def shown(self) -> "MeetingQuerySet":
        """Those that everybody reads, the cancelled ones too: whoever has the address is told."""
        return self.filter(published_at__isnull=False, consultation__in=Consultation.objects.shown())


class Meeting(models.Model):
    """In whole minutes, where the city is. At a place, at an address on the web, or both."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="meetings", db_index=False)
    kind = models.CharField(max_length=10, choices=MeetingKind, default=MeetingKind.PUBLIC)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=500, blank=True, help_text="Where it is followed on the web.")
    wheelchair = models.BooleanField(default=False)
    loop = models.BooleanField(default=False, help_text="An induction loop, for people with hearing aids.")
    sign_language = models.BooleanField(default=False)
    childcare = models.BooleanField(default=False)
    access = models.CharField(max_length=300, blank=True, help_text="What else helps people to come.")
    signs_up = models.BooleanField(default=True, help_text="Whether people sign up; else they just come.")
    seats = models.PositiveIntegerField(null=True, help_text="Empty: as many as come.")

    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, help_text="Since when everybody reads it.")
    moved_at = models.DateTimeField(null=True, help_text="When its dates or its place were last changed since.")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.TextField(blank=True)

    others_came = models.PositiveIntegerField(default=0, help_text="Who came without having signed up.")
    report = models.TextField(blank=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="+")
    reported_at = models.DateTimeField(null=True, help_text="When the report was first published.")
    figures = models.JSONField(default=dict, help_text="Counts, for when the rows of its people are forgotten.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two editors see each other.")
    form = models.UUIDField(null=True, unique=True, help_text="Drawn with the form: sent twice it makes one.")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["begins_at", "pk"]
        indexes = [models.Index(fields=["consultation", "begins_at"], name="meeting_of_consultation")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="meeting_ends_after"),
            models.CheckConstraint(
                condition=models.Q(cancelled_at=None) | models.Q(published_at__isnull=False),
                name="meeting_cancelled_was_published",
            ),
        ]

    def __str__(self) -> str:
        return f"meeting {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def has_begun(self, at: datetime) -> bool:
        return self.begins_at <= at

    def is_over(self, at: datetime) -> bool:
        return self.ends_at <= at

    def takes_sign_ups(self, at: datetime) -> bool:
        return self.signs_up and not (self.is_draft or self.is_cancelled or self.has_begun(at))

    @property
    def where(self) -> str:
        """In one line: the place, its address, or that it is on the web."""
        return ", ".join(each for each in (self.place, self.address) if each) or (_("on the web") if self.url else "")


class MeetingChallenge(models.Model):
    """What a meeting is about, beside its consultation."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="subjects", db_index=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="meetings")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "challenge"], name="meeting_challenge_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id}-{self.challenge_id}"


class Attendee(models.Model):
    """Somebody on the list of a meeting, without an account: by an address that they confirmed, or by telephone."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="people", db_index=False)
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=25, blank=True)
    place = models.CharField(max_length=10, choices=Place, default=Place.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, help_text="Their turn on the waiting list.")
    to_call = models.BooleanField(default=False, help_text="Something has changed, and nobody can write to them.")
    came = models.BooleanField(default=False)
    language = models.CharField(
        max_length=10, blank=True, db_default="", help_text="Of the mails to them. Empty: French (common.languages)."
    )

    class Meta:
        ordering = ["confirmed_at", "pk"]
        indexes = [models.Index(fields=["meeting", "place", "confirmed_at"], name="attendee_turn")]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "email"], condition=~models.Q(email=""), name="attendee_address_once"
            ),
            models.CheckConstraint(
                condition=models.Q(place=Place.ASKED) | models.Q(confirmed_at__isnull=False),
                name="attendee_confirmed_holds_a_turn",
            ),
        ]

    def __str__(self) -> str:
        return f"attendee {self.pk}"


class SaidThere(models.Model):
    """A contribution that was made at a meeting, and entered by the team."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="said", db_index=False)
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.CASCADE, related_name="said_at")
    argument = models.ForeignKey(Argument, null=True, on_delete=models.CASCADE, related_name="said_at")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "proposal"], name="said_there_proposal_once"),
            models.UniqueConstraint(fields=["meeting", "argument"], name="said_there_argument_once"),
            models.CheckConstraint(
                condition=models.Q(proposal=None, argument__isnull=False)
                | models.Q(proposal__isnull=False, argument=None),
                name="said_there_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"said {self.pk}"
