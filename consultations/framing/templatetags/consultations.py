"""How pages show where a consultation is."""

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.templatetags.ui import days_left, deadline, full_day, here, last_day
from consultations.framing.enums import ConsultationState
from consultations.framing.models import Consultation
from consultations.framing.selectors import Listed
from consultations.framing.weeks import week_of

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
        planned = listed.consultation.opening_planned_at
        return (
            _("In preparation, opens on %(day)s") % {"day": here(deadline(planned))} if planned else _("In preparation")
        )
    if listed.state == ConsultationState.OPEN:
        # Not the end of its phase, which its own page says beside this.
        said = _("Consultation open until %(day)s")
        return said % {"day": here(deadline(ends))} if ends else pgettext("consultation", "Open")
    if listed.state == ConsultationState.ARCHIVED:
        # What is archived before its end ended then.
        over = min(filter(None, (ends, listed.consultation.archived_at)), default=listed.consultation.created_at)
        return _("Archived: a consultation of %(year)s") % {"year": timezone.localtime(over).year}
    return _("Closed since %(day)s") % {"day": full_day(last_day(ends))} if ends else pgettext("consultation", "Closed")


@register.filter("week_of")
def week(consultation: Consultation) -> str:
    return week_of(consultation)


@register.filter
def phase_words(listed: Listed) -> str:
    """To the team: the phase in which participants are, and how long it lasts; else, where the consultation is."""
    phase = listed.now
    if phase is None or phase.closes_at is None:
        return state_words(listed)
    left = days_left(phase.closes_at, listed.at)
    if not left:
        return _("“%(phase)s”: the last day") % {"phase": phase.get_kind_display()}
    said = ngettext("“%(phase)s”: %(days)s day left", "“%(phase)s”: %(days)s days left", left)
    return said % {"phase": phase.get_kind_display(), "days": left}
