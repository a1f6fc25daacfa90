"""Facts, announced after commit, in the schema where they happened.

`transaction.on_commit` runs its callbacks in whatever schema the connection has *then*: around a schema switch that is
public, or another city. `announce` remembers the schema of its call.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.dispatch import Signal
from django_tenants.utils import schema_context

from common.db import connection


class Event(Signal):
    """A fact in the past tense, e.g. ``proposal_submitted``; receivers get ids, never objects."""

    by_name: ClassVar[dict[str, "Event"]] = {}

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.by_name[name] = self


def announce(event: Event, **payload: Any) -> None:
    """Send `event` to its receivers once the present transaction is committed; never if it rolls back.

    Receivers run in this process, in the schema of the call. One that fails is logged (and so
    reaches Sentry) and stops neither the others nor the request. What must survive a kill is not
    for a receiver: write it with `common.outbox.enqueue` or `announce_later` in the transaction itself.
    """
    on_commit_here(lambda: event.send_robust(sender=None, **payload))


def on_commit_here(do: Callable[[], object]) -> None:
    """`transaction.on_commit`, in the schema of the call."""
    schema = connection.schema_name

    def run() -> None:
        with schema_context(schema):
            do()

    transaction.on_commit(run, robust=True)
