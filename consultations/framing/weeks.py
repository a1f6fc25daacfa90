"""Where the desk shows what a consultation asks for this week: the app that has the page says it."""

from django.urls import reverse

from consultations.framing.models import Consultation

_address = ""


def week_shown_at(name: str) -> None:
    """Say the name of the address at which that page stands, which has the slug of a consultation in it."""
    global _address
    _address = name


def week_of(consultation: Consultation) -> str:
    """For whoever leads to it."""
    return reverse(_address, args=[consultation.slug])
