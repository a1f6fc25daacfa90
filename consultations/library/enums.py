from django.db import models
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    """What a challenge is about: gives it its colour and its illustration."""

    ECOLOGY = "ECOLOGY", _("Ecology")
    WORK = "WORK", _("Work")
    CITIZENSHIP = "CITIZENSHIP", _("Citizenship")
    SOLIDARITY = "SOLIDARITY", _("Solidarity")
    HEALTH = "HEALTH", _("Health")
    SOCIETY = "SOCIETY", _("Society")


class ChangeKind(models.TextChoices):
    """What became of a challenge from one version of its set to a later one."""

    ADDED = "ADDED", _("New challenge")
    CHANGED = "CHANGED", _("Changed challenge")
    REMOVED = "REMOVED", _("Removed challenge")
