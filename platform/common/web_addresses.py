"""Addresses of pages that people point to: each is one that every reader can open, and leads where it says; those in a
text that somebody typed are made links of.
"""

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import escape, format_html, smart_urlquote
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal

_check_form = URLValidator(schemes=["http", "https"])
# The letters of a domain: those of .fr (Afnic, charte de nommage). Others look like them.
_LETTERS = "a-z0-9àáâãäåæçèéêëìíîïñòóôõöùúûüýÿœß-"
# Two labels at least, the last one no figure: a single one, or an address in figures, is a machine, of this network
# (127.0.0.1, 192.168.0.1) or of another, and no reader sees whose.
_DOMAIN = re.compile(rf"(?:[{_LETTERS}]+\.)+(?![0-9]+\.?$)[{_LETTERS}]+\.?")
# Domains that lead nowhere outside one's own network: RFC 6761, RFC 6762 with its appendix G, RFC 8375.
_NOT_PUBLIC = re.compile(
    r"(?:^|\.)(?:localhost|local|test|invalid|home\.arpa|intranet|internal|private|corp|home|lan)\.?$"
)

# In a text, with what ends the sentence.
_IN_TEXT = re.compile(
    r"\bhttps?://(?=\w)[^\s<>\"“”«»]+|\bwww\.(?=\w)[^\s<>\"“”«»]+|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",
    re.IGNORECASE,
)
_ENDS = ".,;:!?…'’*"
_BRACKETS = {")": "(", "]": "["}


class NoWebAddress(Refusal):
    """One leads nowhere but to a page: no script, no file, nothing of a private network."""

    code = "no_web_address"
    status = 422
    message = _("Write the whole address of a page that everyone can open, beginning with https://.")


def is_web_address(url: str) -> bool:
    """Whether it is that of a public page, whose domain is what a reader sees: no account before it, no letter like
    another.
    """
    if not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        _check_form(url)
        parts = urlsplit(url)
        host = parts.hostname or ""
        shown = host.encode().decode("idna") if "xn--" in host else host
        has_account, is_port = "@" in parts.netloc, parts.port != 0
    except (ValidationError, ValueError):
        return False
    return bool(_DOMAIN.fullmatch(shown) and not _NOT_PUBLIC.search(shown) and is_port and not has_account)


def validate_web_address(url: str) -> None:
    if not is_web_address(url):
        raise ValidationError(NoWebAddress.message, code="invalid")


class WebAddressField(forms.URLField):
    default_validators = [validate_web_address]
    default_error_messages = {"invalid": NoWebAddress.message}

    def __init__(self, **kwargs: object) -> None:
        super().__init__(assume_scheme="https", **kwargs)  # type: ignore[arg-type]


def with_links(text: str, ink: str = "") -> SafeString:
    """A text for a page or a mail, its addresses made links. Every sign of it stays: urlize loses some.

    `ink`: in a mail, the colour of its links.
    """
    parts, last = [], 0
    style = format_html(' class="m-link" style="color:{}"', ink) if ink else ""
    for found in _IN_TEXT.finditer(text):
        address = _without_its_sentence(found[0])
        scheme = "" if "://" in address else "mailto:" if "@" in address else "http://"
        quoted = smart_urlquote(f"{scheme}{address}") if scheme != "mailto:" else f"{scheme}{address}"
        parts += [escape(text[last : found.start()]), format_html('<a{} href="{}">{}</a>', style, quoted, address)]
        last = found.start() + len(address)
    return SafeString("".join([*parts, escape(text[last:])]))


def _without_its_sentence(address: str) -> str:
    """A bracket belongs to it where it opens in it."""
    while (sign := address[-1]) in _ENDS or (
        sign in _BRACKETS and address.count(sign) > address.count(_BRACKETS[sign])
    ):
        address = address[:-1]
    return address
