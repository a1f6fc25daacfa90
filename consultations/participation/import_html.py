"""Other sites keep what people wrote as HTML: its text, where nothing of what was written is lost on the way."""

import re
from html import unescape
from html.entities import html5

from django.utils.translation import gettext

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>(?:[\s/][^<>]*)?)>|<!(?:--|\[|doctype\b)", re.I
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_HREF = re.compile(r"\shref\s*=\s*(?:\"(https?://[^\"]*)\"|'(https?://[^']*)')", re.I)

_PARAGRAPHS = "p blockquote h1 h2 h3 h4 h5 h6 ul ol section article"
_BLOCKS = {"br": "\n", "div": "\n", **dict.fromkeys(_PARAGRAPHS.split(), "\n\n")}
_INLINE = frozenset({"a", "strong", "em", "b", "i", "u", "span", "small", "mark", "font", "abbr", "cite", "center"})
# All other elements, of today and of before. Without them something is missing, or says the contrary: pictures, cells,
# exponents, what is struck out; or something is there that nobody saw.
_LOST = """
acronym address applet area aside audio base basefont bdi bdo bgsound big blink body button canvas caption code col
colgroup data datalist dd del details dfn dialog dir dl dt embed fieldset figcaption figure footer form frame frameset
head header hgroup hr html iframe img input ins kbd label legend link main map marquee math menu meta meter nav nobr
noembed noframes noscript object optgroup option output param picture plaintext pre progress q rp rt ruby s samp script
search select slot source strike style sub summary sup svg table tbody td template textarea tfoot th thead time title tr
track tt var video wbr xmp
"""
_NOT_TEXT = frozenset(_LOST.split())


# What a browser does not show, by an attribute or by its style; comments and escapes in it could hide these words too.
_HIDDEN = re.compile(r"[\s/]hidden(?=[\s/=]|$)", re.I)
_STYLE = re.compile(r"[\s/\"']style\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+))", re.I)
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*(?:0+\.?0*|\.0+)(?![.0-9])"
    r"|content-visibility|clip|text-indent\s*:\s*-|position\s*:\s*(?:absolute|fixed)|/\*|\\",
    re.I,
)


class NotText(Exception):
    """HTML that cannot become text; the message is a sentence that goes on after the name of the field."""


def text_of_html(value: str) -> str | None:
    """The text of what is HTML, None for what is none: people also write “a < b” and “<your name>”."""
    if "<" not in value and "&" not in value:
        return None
    tags = [tag for tag in _TAG.finditer(value) if _is_html(tag)]
    if not tags and not any(_is_entity(found[0]) for found in _ENTITY.finditer(value)):
        return None
    if any(_name(tag) in _BLOCKS for tag in tags):
        value = re.sub(r"[\r\n]", " ", value)  # as a browser reads it, and not one sign longer or shorter
    pieces: list[str] = []
    links: list[tuple[str, int]] = []
    place = 0
    for tag in tags:
        pieces.append(value[place : tag.start()])
        place = tag.end()
        _check(tag)
        name = _name(tag)
        if name == "a" and not tag["end"]:
            href = _HREF.search(tag["attributes"])
            links.append((href[1] or href[2] if href else "", len(pieces)))
        elif name == "a" and links:
            href_said, first = links.pop()
            if href_said not in "".join(pieces[first:]):
                pieces.append(f" ({href_said})")
        elif name == "li":
            pieces.append("" if tag["end"] else "\n- ")
        else:
            pieces.append(_BLOCKS.get(name, ""))
    if links:
        raise NotText(gettext("has a link in HTML that does not end."))
    return unescape("".join([*pieces, value[place:]]))


def _name(tag: re.Match[str]) -> str:
    return (tag["name"] or "!").lower()


def _is_html(tag: re.Match[str]) -> bool:
    name = _name(tag)
    return name in _BLOCKS or name in _INLINE or name in _NOT_TEXT or name in ("li", "!")


def _is_entity(found: str) -> bool:
    return found[1] == "#" or found[1:] in html5


def _check(tag: re.Match[str]) -> None:
    name = _name(tag)
    if name in _NOT_TEXT or name == "!":
        raise NotText(gettext("has HTML that cannot become text: <%(tag)s>.") % {"tag": name})
    unquoted = _QUOTED.sub(" ", tag["attributes"])
    if re.search("[\"']", unquoted):
        raise NotText(gettext("has HTML that cannot be read: <%(tag)s>.") % {"tag": name})
    styles = (unescape("".join(found)) for found in _STYLE.findall(tag["attributes"]))
    if _HIDDEN.search(unquoted) or any(map(_UNSEEN_STYLE.search, styles)):
        raise NotText(gettext("has HTML that a browser does not show: <%(tag)s>.") % {"tag": name})
