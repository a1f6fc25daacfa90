"""One message of the outbox a city says that something waits to be sent: it is there as long as anything does.

Who adds something looks for it, and who has sent everything takes it away, each holding one lock until their commit: so
what is added while the last message is being sent is never left without one.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min
from django.db.models.functions import Greatest

from common.db import connection
from common.outbox import enqueue, enqueue_each_at, messages_of, outbox_task
from webhooks.enums import EndpointState
from webhooks.models import Delivery

# Workers of its own: whoever waits for a slow site keeps nobody else waiting.
QUEUE = "webhooks"


@outbox_task(queue=QUEUE)
def send_waiting(**kwargs: Any) -> None:
    from webhooks.services.sending import send_for_a_while

    send_for_a_while()


def wake(*, at: datetime) -> None:
    """Have what is due sent soon. In the transaction that makes it due."""
    _hold()
    if not messages_of(send_waiting).filter(due_at__lte=at).exists():
        messages_of(send_waiting).delete()
        enqueue(send_waiting)


def rest(*, at: datetime, at_least: timedelta = timedelta(0)) -> None:
    """This round is over: have the next one come when something is due, or none. In a transaction."""
    _hold()
    messages_of(send_waiting).delete()
    due_at = next_due()
    if due_at is None:
        return
    if due_at <= at and not at_least:
        enqueue(send_waiting)
    else:
        enqueue_each_at(send_waiting, [(max(due_at, at + at_least), {})])


def next_due() -> datetime | None:
    """When something is next to be sent; None: nothing waits, or only where nothing is sent now."""
    waiting = Delivery.objects.filter(due_at__isnull=False, endpoint__state=EndpointState.ACTIVE)
    # greatest() of PostgreSQL leaves out what is empty.
    found: datetime | None = waiting.aggregate(at=Min(Greatest(F("due_at"), F("endpoint__rests_until"))))["at"]
    return found


def _hold() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"webhooks:{connection.schema_name}"])
