"""What templates show of the city's answers: the sign of a decision."""

from django import template
from django.utils.safestring import SafeString

from common.templatetags.ui import drawing
from consultations.outcomes.answer_words import decided, given_on
from consultations.outcomes.enums import Decision

register = template.Library()
register.filter("decided", decided)
register.filter("given_on", given_on)


@register.simple_tag
def decision_sign(code: str) -> SafeString:
    """Full, half, a point, a stroke, an arrow: each decision in shape before colour; a broken ring for none yet."""
    return drawing(f"decisions/{code.lower() or 'none'}", "outcomes")


@register.filter
def decision_name(code: str) -> str:
    return str(Decision(code).label)
