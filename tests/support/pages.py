"""What an answer says, asked by codes: its French words are for the tests of words."""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.template.backends.django import Template
from django.utils.safestring import SafeString

from common.refusals import Refusal


@contextmanager
def unread() -> Iterator[None]:
    """For tests of every address that ask who is let in: pages, which nobody reads there, stay empty."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", lambda self, context=None, request=None: SafeString())
        yield


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
