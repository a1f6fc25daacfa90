"""What came of a press is said where the address of the answer leads (MessagePlaceMiddleware)."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from common.middleware import MessagePlaceMiddleware
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory

pytestmark = pytest.mark.usefixtures("in_saran")
Visit = Callable[..., Client]

BOX = '<section class="messages" id="messages" tabindex="-1"'


def test_a_message_stands_first_in_the_place_that_takes_the_focus(visit: Visit, in_saran: Municipality) -> None:
    argument = ArgumentFactory()
    client = visit(in_saran, UserFactory())
    answer = client.post(f"{argument.get_absolute_url()}utile/", {"useful": "on"})
    shown = client.get(answer.headers["Location"].partition("#")[0])
    page = shown.content.decode()
    assert page.count(BOX) == 1
    assert re.search(rf'<article [^>]*id="argument-{argument.pk}" tabindex="-1">\s*{BOX} data-focus>', page)
    assert int(shown.headers["Content-Length"]) == len(shown.content)
    assert BOX not in client.get(argument.get_absolute_url()).content.decode()


def test_on_a_page_without_that_place_it_stands_at_the_top_and_has_the_focus(
    visit: Visit, in_saran: Municipality
) -> None:
    argument = ArgumentFactory()
    client = visit(in_saran, UserFactory())
    client.post(f"{argument.get_absolute_url()}utile/", {"useful": "on"})
    page = client.get("/").content.decode()
    assert page.index(f"{BOX} autofocus data-focus>") < page.index("<h1")
    assert MessagePlaceMiddleware.KEY not in client.session  # the next one has its own
