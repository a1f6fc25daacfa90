"""The time zones in which French authorities live, in words; which one is in force, tenants.postgresql says."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TimeZone(models.TextChoices):
    """Those in which French authorities live, by their name in the IANA database. The label is read after an hour."""

    PARIS = "Europe/Paris", _("Paris time")
    MIQUELON = "America/Miquelon", _("Saint-Pierre-et-Miquelon time")
    GUADELOUPE = "America/Guadeloupe", _("Guadeloupe time")
    MARTINIQUE = "America/Martinique", _("Martinique time")
    SAINT_BARTHELEMY = "America/St_Barthelemy", _("Saint-Barthélemy time")
    SAINT_MARTIN = "America/Marigot", _("Saint-Martin time")
    GUYANE = "America/Cayenne", _("French Guiana time")
    CLIPPERTON = "Etc/GMT+8", _("Clipperton time")
    MAYOTTE = "Indian/Mayotte", _("Mayotte time")
    REUNION = "Indian/Reunion", _("La Réunion time")
    KERGUELEN = "Indian/Kerguelen", _("Kerguelen time")
    ADELIE = "Antarctica/DumontDUrville", _("Adélie Land time")
    NOUMEA = "Pacific/Noumea", _("New Caledonia time")
    WALLIS = "Pacific/Wallis", _("Wallis and Futuna time")
    TAHITI = "Pacific/Tahiti", _("Tahiti time")
    MARQUESAS = "Pacific/Marquesas", _("Marquesas time")
    GAMBIER = "Pacific/Gambier", _("Gambier time")


def time_here() -> str:
    """Whose time is in force, in words: heure de Tahiti. Empty for Paris': most cities' pages need not say it."""
    here = timezone.get_current_timezone_name()
    return str(TimeZone(here).label) if here in TimeZone.values and here != TimeZone.PARIS else ""


def named(words: object) -> str:
    """A day or an hour with the zone in which it is told, outside Paris': 14 h 00 (heure de Tahiti)."""
    here = time_here()
    return f"{words} ({here})" if here else str(words)
