"""After every fact that other sites may be told of."""

from functools import partial

from webhooks import registry
from webhooks.services.facts import tell


def connect() -> None:
    for what, event, fact in registry.sources:
        event.connect(partial(tell, what, fact), weak=False, dispatch_uid=f"webhooks:{what.key}:{fact.__qualname__}")
