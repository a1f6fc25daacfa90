from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Step(models.TextChoices):
    """A run's next step; READY means that none is left."""

    RESERVE = "RESERVE", _("Address reserved")
    SCHEMA = "SCHEMA", _("Protected space created")
    CONTENT = "CONTENT", _("Challenges installed")
    ADMINISTRATOR = "ADMINISTRATOR", _("Your access opened")
    CHECK = "CHECK", _("Checks made")
    READY = "READY", _("Platform ready")


class RunState(models.TextChoices):
    RUNNING = "RUNNING", pgettext_lazy("run", "Running")
    DONE = "DONE", pgettext_lazy("run", "Done")
    REFUSED = "REFUSED", pgettext_lazy("run", "Refused")
    FAILED = "FAILED", pgettext_lazy("run", "Failed")
    CANCELLED = "CANCELLED", pgettext_lazy("run", "Cancelled")


class ToVerify(models.TextChoices):
    """Why an operator must look before the platform may open; "" where nobody has to."""

    LIKELY = "LIKELY", _("address that bears its name")
    WEBMAIL = "WEBMAIL", _("personal mailbox")
    OTHER_DOMAIN = "OTHER_DOMAIN", _("address of another domain")
    NOT_LISTED = "NOT_LISTED", _("not in the directory")
