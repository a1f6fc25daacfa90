"""Words of co-creation."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MergeState(models.TextChoices):
    ASKING = "ASKING", _("Consent is being asked")
    FORMED = "FORMED", _("Collective proposal")
    UNDONE = "UNDONE", _("Undone")
    GIVEN_UP = "GIVEN_UP", _("Given up")


class Consent(models.TextChoices):
    """What an author answers to being brought together with others."""

    ASKED = "ASKED", pgettext_lazy("consent", "Asked")
    AGREED = "AGREED", pgettext_lazy("consent", "Agrees")
    DECLINED = "DECLINED", pgettext_lazy("consent", "Declines")
