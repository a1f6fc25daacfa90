"""The colour and the illustration of a theme, by its code."""

from django import template
from django.utils.safestring import SafeString

from common.templatetags.ui import drawing
from common.tones import tone_class
from consultations.library.enums import Theme

register = template.Library()


@register.simple_tag
def picture(theme: str) -> SafeString:
    """The illustration of a theme, by its code."""
    if theme not in Theme.values:
        raise template.TemplateSyntaxError(f"no picture of the theme {theme!r}")
    return drawing(theme.lower(), app="library")


@register.filter
def tone(theme: str) -> str:
    return tone_class(theme)
