from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RunKind(models.TextChoices):
    GROUPS = "GROUPS", _("What brings people together")
    THEMES = "THEMES", _("Themes")
    DUPLICATES = "DUPLICATES", _("Nearly the same proposals")


class RunState(models.TextChoices):
    """A worker that is at it is known by its progress only: it keeps nothing until it is done."""

    ASKED = "ASKED", _("asked for")
    DONE = "DONE", _("done")
    FAILED = "FAILED", _("failed")
    CANCELLED = "CANCELLED", _("cancelled")


class RunFailure(models.TextChoices):
    ERROR = "ERROR", _("An error of ours: it was noted, and we look into it.")
    TOO_LONG = "TOO_LONG", _("It took longer than it may: nothing was changed.")
    KILLED = "KILLED", _("It was cut off three times, perhaps for want of memory: nothing was changed.")
    NO_WORKER = "NO_WORKER", _("Nothing on the server took it for two days: nothing was changed.")


class Dimension(models.TextChoices):
    """What is known of those who take part, one thing at a time: never two together."""

    AGE = "AGE", _("Age")
    PLACE = "PLACE", _("Neighbourhood")
    CAPACITY = "CAPACITY", _("In what capacity")
    CHANNEL = "CHANNEL", _("How they came")
    PROPOSED = "PROPOSED", pgettext_lazy("persons", "proposed")
    REACTED = "REACTED", pgettext_lazy("persons", "reacted")
    ARGUED = "ARGUED", pgettext_lazy("persons", "argued or replied")


class CorrectionKind(models.TextChoices):
    """Of themes, by hand."""

    RENAME = "RENAME", pgettext_lazy("a theme was", "Renamed")
    MERGE = "MERGE", pgettext_lazy("a theme was", "Brought together with another")
    SPLIT = "SPLIT", pgettext_lazy("a theme was", "Made of texts of another")
    MOVE = "MOVE", pgettext_lazy("a proposal was", "Put into another theme")
    PIN = "PIN", pgettext_lazy("a proposal was", "Kept in its theme")
    EXCLUDE = "EXCLUDE", pgettext_lazy("a proposal was", "Left out")


class Place(models.TextChoices):
    """What a place of a synthesis is for."""

    SUPPORTED = "SUPPORTED", pgettext_lazy("a proposal of a synthesis", "Well supported")
    DISPUTED = "DISPUTED", pgettext_lazy("a proposal of a synthesis", "Disputed")
    LITTLE_SEEN = "LITTLE_SEEN", pgettext_lazy("a proposal of a synthesis", "Little seen, to be read")
