"""What the desk, the fleet and a sign-up are made of, on the page of components (common.samples)."""

from django.utils.translation import gettext_lazy as _

from common.samples import shows_components

_CHALLENGES = [
    {"theme": "ECOLOGY", "label": "Écologie"},
    {"theme": "SOLIDARITY", "label": "Solidarité"},
    {"theme": "SOCIETY", "label": "Société"},
]

shows_components(
    "desk",
    _("Desk and service"),
    "onboarding/ops/_samples.html",
    order=60,
    examples=lambda: {"challenges": _CHALLENGES},
)
