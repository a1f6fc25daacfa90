from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EndpointState(models.TextChoices):
    ACTIVE = "ACTIVE", _("Sends")
    PAUSED = "PAUSED", _("Paused")
    DISABLED = "DISABLED", _("Stopped: it did not answer")


class DeliveryState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    SENT = "SENT", pgettext_lazy("webhook message", "Received")
    FAILED = "FAILED", pgettext_lazy("webhook message", "Not received")


class Outcome(models.TextChoices):
    """What became of one try."""

    RECEIVED = "RECEIVED", pgettext_lazy("webhook message", "received")
    REFUSED = "REFUSED", _("answered with an error")
    REDIRECTED = "REDIRECTED", _("led to another address: not followed")
    GONE = "GONE", _("answered that it wants nothing more")
    SLOW = "SLOW", _("took longer than 10 seconds")
    UNKNOWN_HOST = "UNKNOWN_HOST", _("host not found")
    PRIVATE = "PRIVATE", _("led into a private network: not contacted")
    NO_CONNECTION = "NO_CONNECTION", _("no connection")
    NOT_SECURE = "NOT_SECURE", _("its certificate does not hold")
    NO_HTTP = "NO_HTTP", _("answered something that is not HTTP")
