from django.db import models
from django.utils.translation import pgettext_lazy


class MeetingKind(models.TextChoices):
    PUBLIC = "PUBLIC", pgettext_lazy("meeting", "Public meeting")
    WORKSHOP = "WORKSHOP", pgettext_lazy("meeting", "Workshop")
    WALK = "WALK", pgettext_lazy("meeting", "Walk on site")
    HOURS = "HOURS", pgettext_lazy("meeting", "Open hours")
    VISIT = "VISIT", pgettext_lazy("meeting", "Visit")
    OTHER = "OTHER", pgettext_lazy("meeting", "Meeting")


class Place(models.TextChoices):
    """Of somebody on the list. ASKED: the address is not confirmed, and no seat is held for it."""

    ASKED = "ASKED", pgettext_lazy("sign-up for a meeting", "To be confirmed")
    SEATED = "SEATED", pgettext_lazy("sign-up for a meeting", "Signed up")
    WAITING = "WAITING", pgettext_lazy("sign-up for a meeting", "On the waiting list")


class Told(models.TextChoices):
    """What those who signed up are written."""

    SEATED = "SEATED"
    WAITING = "WAITING"
    FREED = "FREED"
    REMINDER = "REMINDER"
    MOVED = "MOVED"
    CANCELLED = "CANCELLED"
    TAKEN_OFF = "TAKEN_OFF"
    REPORT = "REPORT"
