"""What templates show of authorities."""

from django import template

from common.templatetags.ui import NO_BREAK

register = template.Library()


@register.filter
def siren(number: str) -> str:
    """A SIREN in groups of three: 214 502 346. Other codes stay as they are."""
    if len(number) != 9 or not number.isdigit():
        return number
    return NO_BREAK.join([number[:3], number[3:6], number[6:]])
