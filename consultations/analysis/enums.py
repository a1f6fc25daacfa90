from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Dimension(models.TextChoices):
    """What is known of those who take part, one thing at a time: never two together."""

    AGE = "AGE", _("Age")
    PLACE = "PLACE", _("Neighbourhood")
    CAPACITY = "CAPACITY", _("In what capacity")
    CHANNEL = "CHANNEL", _("How they came")
    PROPOSED = "PROPOSED", pgettext_lazy("persons", "proposed")
    REACTED = "REACTED", pgettext_lazy("persons", "reacted")
    ARGUED = "ARGUED", pgettext_lazy("persons", "argued or replied")
