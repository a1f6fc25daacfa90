from collections.abc import Iterator
from typing import Any

import pytest

from tests.webhooks.servers import Site, site


@pytest.fixture
def beside(settings: Any) -> Iterator[Site]:
    """A site on this machine, to which messages may go as on a developer's."""
    settings.WEBHOOKS_TO_THIS_MACHINE = True
    with site() as found:
        yield found
