from django.db import models
from django.utils.translation import pgettext_lazy


class CampaignState(models.TextChoices):
    """PLANNED: its list stands, and it waits for its hour."""

    DRAFT = "DRAFT", pgettext_lazy("campaign", "Being written")
    PLANNED = "PLANNED", pgettext_lazy("campaign", "Planned")
    SENDING = "SENDING", pgettext_lazy("campaign", "Leaving")
    SENT = "SENT", pgettext_lazy("campaign", "Sent")
    STOPPED = "STOPPED", pgettext_lazy("campaign", "Stopped")


class RecipientState(models.TextChoices):
    """SENDING: in flight. UNSUBSCRIBED, COMES_BACK, GONE: not written to, because of what has become of them after the
    list was made."""

    WAITING = "WAITING", pgettext_lazy("message of a campaign", "Waiting")
    SENDING = "SENDING", pgettext_lazy("message of a campaign", "Leaving")
    SENT = "SENT", pgettext_lazy("message of a campaign", "Sent")
    REFUSED = "REFUSED", pgettext_lazy("message of a campaign", "Refused")
    UNSUBSCRIBED = "UNSUBSCRIBED", pgettext_lazy("message of a campaign", "No longer agreed")
    COMES_BACK = "COMES_BACK", pgettext_lazy("message of a campaign", "Not sent: messages to this address come back")
    GONE = "GONE", pgettext_lazy("message of a campaign", "Account gone")
    STOPPED = "STOPPED", pgettext_lazy("message of a campaign", "Not sent: stopped")


class Problem(models.TextChoices):
    """Why nothing leaves for the moment."""

    AWAY = "AWAY", pgettext_lazy("campaign", "the mail server does not answer")
    BUSY = "BUSY", pgettext_lazy("campaign", "the mail server asks to wait")
    REFUSES = "REFUSES", pgettext_lazy("campaign", "the mail server refuses our messages")


class Returned(models.TextChoices):
    """What came back of a message that had left: HARD, there is no such mailbox."""

    HARD = "HARD", pgettext_lazy("message of a campaign", "Came back: no such mailbox")
    SOFT = "SOFT", pgettext_lazy("message of a campaign", "Came back")
    COMPLAINT = "COMPLAINT", pgettext_lazy("message of a campaign", "Reported as unwanted")
