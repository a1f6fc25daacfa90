"""docs/webhooks.md is true: its program is run as it is written, and its table has every kind."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.webhooks.factories import DeliveryFactory, EndpointFactory
from tests.webhooks.servers import Site
from webhooks import registry
from webhooks.services.facts import TEST
from webhooks.services.sending import send_next

DOCS = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


@pytest.fixture
def is_ours() -> Any:
    (program,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    written: dict[str, Any] = {}
    exec(program, written)
    return written["is_ours"]


def test_whoever_copies_the_program_knows_our_messages(in_saran: Any, beside: Site, is_ours: Any) -> None:
    told = EndpointFactory(url=beside.url)
    DeliveryFactory(endpoint=told, body='{"é":1}')
    assert send_next(at=timezone.now())
    ((headers, body),) = beside.heard
    assert is_ours(told.secret, headers, body)
    assert not is_ours(told.secret, headers, body + b" ")
    assert not is_ours(EndpointFactory.build().secret, headers, body)
    for name, other in (("webhook-id", "msg_1"), ("webhook-timestamp", str(int(time.time()) - 5))):
        assert not is_ours(told.secret, headers | {name: other}, body)
    assert is_ours(told.secret, headers | {"webhook-signature": f"v1,xyz {headers['webhook-signature']}"}, body)


def test_every_kind_is_in_the_table() -> None:
    said = re.findall(r"^\| `([a-z_.]+)` \|", DOCS, re.MULTILINE)
    assert said[1:] == [*(each.key for each in registry.kinds()), TEST]
