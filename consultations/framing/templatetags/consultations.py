"""How pages show where a consultation is."""

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.templatetags.ui import deadline, full_day, here, last_day
from consultations.framing.enums import ConsultationState
from consultations.framing.selectors import Listed

register = template.Library()

_SHAPES = {ConsultationState.OPEN: " state--on", ConsultationState.PREPARED: " state--half"}


@register.filter
def state_shape(state: ConsultationState) -> str:
    """A full, half or empty disc, beside words that say the same."""
    return f"state{_SHAPES.get(state, '')}"


@register.filter
def state_words(listed: Listed) -> str:
    """Where it is and, where a date says it, until or since when."""
    ends = listed.consultation.closed_at()
    if listed.state == ConsultationState.PREPARED:
        return _("In preparation")
    if listed.state == ConsultationState.OPEN:
        return _("Open until %(day)s") % {"day": here(deadline(ends))} if ends else pgettext("consultation", "Open")
    if listed.state == ConsultationState.ARCHIVED:
        return _("Archived: a consultation of %(year)s") % {
            "year": timezone.localtime(ends or listed.consultation.created_at).year
        }
    return _("Closed since %(day)s") % {"day": full_day(last_day(ends))} if ends else pgettext("consultation", "Closed")
