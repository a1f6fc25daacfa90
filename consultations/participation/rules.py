"""What may be written here, whoever writes it and from wherever: services refuse by these rules, forms ask them."""

from collections.abc import Collection, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal
from common.text import Words, clean_text
from common.web_addresses import NoWebAddress, is_web_address

TITLE, TEXT = Words(8, 120, one_line=True), Words(30, 2000)
# The parts of a proposal, as they are read.
PARTS = {"title": TITLE, "solution": TEXT, "problem": TEXT, "benefit": TEXT}
ARGUMENT, REPLY = Words(20, 1000), Words(10, 1000)
SOURCE_TITLE = Words(0, 200, one_line=True)
PICTURE_ALT = Words(5, 200, one_line=True)
# What is kept of a draft that is too long, so that its author can shorten it.
_KEPT, _TITLE_KEPT = 20_000, 300
_URL_MAX = 500

Choice = TypeVar("Choice", bound=TextChoices)


class UnknownChoice(Refusal):
    code = "unknown_choice"
    status = 422
    message = _("Choose one of the answers that are offered.")


def choice(choices: type[Choice], value: str) -> Choice:
    try:
        return choices(value)
    except ValueError as odd:
        raise UnknownChoice from odd


def source(url: str, title: str) -> tuple[str, str]:
    """Of an argument. Nobody opens the address to learn its title: without one, the site's name stands for it."""
    url, title = url.strip(), SOURCE_TITLE.cleaned(title)
    if not url:
        return "", title
    if len(url) > _URL_MAX or not is_web_address(url):
        raise NoWebAddress
    return url, title or (urlsplit(url).hostname or "").removeprefix("www.")[:200]


def draft_text(part: str, words: str, *, maximum: int = _KEPT) -> str:
    """One part as it is kept while somebody writes it, good or not yet."""
    is_title = part == "title"
    words = clean_text(words, one_line=is_title)
    return words[: _TITLE_KEPT if is_title else maximum]


def proposal_texts(given: Mapping[str, str], *, lacking: Collection[str] = ()) -> dict[str, str]:
    """The four parts as they are published. `lacking`: those that it never had, as a sheet of paper may not.

    Raises TextTooShort, TextTooLong.
    """
    return {name: words.cleaned(given[name], optional=name in lacking) for name, words in PARTS.items()}
