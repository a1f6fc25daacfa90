"""The themes on the page of components (common.samples)."""

from django.utils.translation import gettext_lazy as _

from common.samples import shows_components
from consultations.library.enums import Theme

shows_components(
    "colours", _("Colours"), "library/ops/_samples.html", order=70, examples=lambda: {"themes": Theme.values}
)
