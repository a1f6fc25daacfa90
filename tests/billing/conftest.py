"""`fake_stripe`: an empty one, which the client's calls reach over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.billing.fake import FakeStripe, serving


@pytest.fixture(scope="session")
def _listening() -> Iterator[FakeStripe]:
    with serving() as fake:
        yield fake


@pytest.fixture
def fake_stripe(_listening: FakeStripe, settings: Any) -> FakeStripe:
    settings.STRIPE_API_BASE = _listening.address
    _listening.reset()
    return _listening
