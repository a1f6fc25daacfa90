"""What pages do in other languages than French (common.languages). In force in every template."""

import re
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import override

from common.languages import Version, is_french, versions

register = template.Library()


@register.simple_tag
def home_url() -> str:
    """Of the home page, in the present language."""
    return get_script_prefix()


@register.simple_tag(takes_context=True)
def page_languages(context: template.Context) -> list[Version]:
    """The present page in each language of its city; nothing where there is only French."""
    return versions(context["request"])


@register.filter
def as_written(words: Any) -> Any:
    """What people or the city wrote, in the text of a page: French, wherever the page itself is in another language."""
    return (
        words if is_french() or not words else format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, words)
    )


_QUOTED = re.compile("“([^”]*)”")


@register.filter
def quotes_as_written(sentence: str) -> Any:
    """The same of a sentence of ours, composed elsewhere, that quotes a title or a text."""
    return sentence if is_french() else SafeString(_QUOTED.sub(_quote, conditional_escape(sentence)))


def _quote(found: re.Match[str]) -> str:
    return f"“{as_written(SafeString(found[1]))}”"


@register.simple_tag
def in_french() -> SafeString:
    """In the tag of what holds only such words, or is written in French alone: `<blockquote{% in_french %}>`."""
    return SafeString("" if is_french() else f' lang="{settings.LANGUAGE_CODE}"')


class _FrenchAlone(template.Node):
    def __init__(self, written: template.NodeList) -> None:
        self.written = written

    def render(self, context: template.Context) -> SafeString:
        notice = "" if is_french() else get_template("common/components/_french_alone.html").render()
        with override(settings.LANGUAGE_CODE):
            return SafeString(notice + self.written.render(context))


@register.tag
def french_alone(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Between `{% french_alone %}` and `{% endfrench_alone %}`: prose of ours that is in no catalogue. On a page in
    another language it is said so first; days and figures in it are written in French too.
    """
    written = parser.parse(("endfrench_alone",))
    parser.delete_first_token()
    return _FrenchAlone(written)
