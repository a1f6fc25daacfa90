"""What an answer says, asked by codes: its French words are for the tests of words."""

import html
from typing import Any

from django.contrib.messages import get_messages

from common.refusals import Refusal


def says(page: Any, refusal: type[Refusal]) -> bool:
    """Whether a page, or the answer that holds it, has the sentence of a refusal."""
    text = page if isinstance(page, str) else page.content.decode()
    return str(refusal.message) in html.unescape(text)


def message_levels(answer: Any) -> list[str]:
    """The levels of the messages that the request of an answer left, or showed."""
    return [message.level_tag for message in get_messages(answer.wsgi_request)]


def error_codes(answer: Any, field: str) -> list[str | None]:
    """What the form of a page refuses in a field."""
    return [error.code for error in answer.context["form"].errors.as_data().get(field, [])]
