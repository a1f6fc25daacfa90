"""What programs write, in sentences for people."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_CODE = re.compile(r"`([^`]+)`")


@register.filter
def in_code(words: str) -> SafeString:
    """What stands `between such signs` as code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", conditional_escape(words)))  # noqa: S308  # escaped just now
