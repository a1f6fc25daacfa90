"""Hours as French writes them: 8 h 45, and 8 h, not 8 h 00. In force in every template."""

from typing import Any

from django import template
from django.template import defaultfilters
from django.utils.formats import time_format

register = template.Library()

_WHOLE_HOUR = "\u00a0h\u00a000"


def hour(value: Any) -> str:
    return _shortened(time_format(value, "TIME_FORMAT"))


@register.filter(expects_localtime=True, is_safe=False)
def time(value: Any, pattern: str | None = None) -> str:
    return _shortened(defaultfilters.time(value, pattern))


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, pattern: str | None = None) -> str:
    return _shortened(defaultfilters.date(value, pattern))


def _shortened(words: str) -> str:
    return words.replace(_WHOLE_HOUR, "\u00a0h") if words.endswith(_WHOLE_HOUR) else words
