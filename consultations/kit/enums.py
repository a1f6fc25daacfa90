from django.db import models
from django.utils.translation import pgettext_lazy


class Support(models.TextChoices):
    """What a short address stands on. The value begins the tag of the address: it is printed, and never changes."""

    POSTER = "a", pgettext_lazy("support", "A3 poster")
    FLYER = "d", pgettext_lazy("support", "A5 flyer")
    FORM = "f", pgettext_lazy("support", "Paper form")
    LETTER = "c", pgettext_lazy("support", "Letter")
    SLIDES = "p", pgettext_lazy("support", "Slides for a public meeting")
    BULLETIN = "b", pgettext_lazy("support", "Municipal bulletin")
    PRESS = "m", pgettext_lazy("support", "Local press")
    SITE = "s", pgettext_lazy("support", "The authority’s site")
    FACEBOOK = "fb", pgettext_lazy("support", "Facebook")
    INSTAGRAM = "ig", pgettext_lazy("support", "Instagram")
    LINKEDIN = "li", pgettext_lazy("support", "LinkedIn")
    SHORT = "x", pgettext_lazy("support", "Short messages: X, Bluesky, Mastodon")
    SCREEN = "e", pgettext_lazy("support", "Screens and information panels")


# Those that are put up or given out somewhere, and may have an address of their own at each place.
PLACED = (Support.POSTER, Support.FLYER, Support.FORM, Support.LETTER)


class Variant(models.TextChoices):
    """For whom a file is: the value stands in its address."""

    OFFICE = "bureau", pgettext_lazy("file to print", "For our own printers")
    PROJECTED = "projeter", pgettext_lazy("file to print", "To project")
    PRESS = "imprimeur", pgettext_lazy("file to print", "For a print shop (3 mm of bleed, crop marks)")
    SPARING = "econome", pgettext_lazy("file to print", "Low on ink")
