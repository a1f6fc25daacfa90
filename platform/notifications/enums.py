from django.db import models
from django.utils.translation import pgettext_lazy


class Frequency(models.TextChoices):
    """How often we may write to somebody."""

    AT_ONCE = "AT_ONCE", pgettext_lazy("frequency", "At once, and never more than one message an hour")
    DAILY = "DAILY", pgettext_lazy("frequency", "Once a day")
    WEEKLY = "WEEKLY", pgettext_lazy("frequency", "Once a week")
    NEVER = "NEVER", pgettext_lazy("frequency", "Never")
