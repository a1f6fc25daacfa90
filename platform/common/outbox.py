"""Tasks that are never lost: a transactional outbox.

A message is a row written in the transaction that wants the task done. After commit it is offered to Celery; if Redis
is away, or the process dies in between, the sweeper (tenants.tasks) offers it again. A handler may therefore run twice.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import shared_task
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerAway

from common.allowances import AT_ONCE, priority_of_task
from common.db import connection
from common.events import Event, on_commit_here
from common.models import OutboxMessage
from common.retention import forgets, keeps, span

logger = logging.getLogger(__name__)

# How long a message that was given up waits for somebody to read its error: it holds a mail, or who did what.
GIVEN_UP_KEPT = timedelta(days=90)

_handlers: dict[str, Callable[..., object]] = {}
_queues: dict[str, str] = {}
# In the payload, so that whoever offers a message again knows it too; handlers take it with what they do not need.
AWAITED = "is_awaited"
# What waits for a worker of its own is offered that often: while there is none, messages do not pile up.
_OFFERED_EVERY = 60
# After a refused connection, leave the broker alone for a moment: nobody waits for it in a request.
_BROKER_REST_SECONDS = 5.0
_broker_away_until = 0.0


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def outbox_task(function: Callable[..., object] | None = None, *, queue: str = "") -> Callable[..., Any]:
    """Make a function of a `tasks` module something that `enqueue` can name. It takes **kwargs of JSON.

    `queue`: the one whose workers run it, where others should not. What has one takes long: no transaction is open
    while it runs, and it makes its own.
    """
    if function is None:
        return partial(outbox_task, queue=queue)
    _handlers[_name(function)] = function
    if queue:
        _queues[_name(function)] = queue
    return function


def enqueue(function: Callable[..., object], *, is_awaited: bool = False, **payload: Any) -> OutboxMessage:
    """Have `function(**payload)` run by a worker, in this schema, if and once the transaction commits.

    `is_awaited`: somebody sits before a page that asks for it, as for a code. It has limits of its own, and neither
    counts in the city's share of the minute nor waits behind it (common.allowances).
    """
    assert _name(function) in _handlers, f"{_name(function)} is not an outbox_task"
    message = OutboxMessage(task=_name(function), payload={**payload, **({AWAITED: True} if is_awaited else {})})
    _put([message])
    on_commit_here(lambda: publish(str(message.pk), message.task, is_awaited=is_awaited))
    return message


def enqueue_each_at(function: Callable[..., object], messages: Iterable[tuple[datetime, dict[str, Any]]]) -> None:
    """The same for many, each with its payload, in one statement; not before its moment: the sweeper offers it at its
    first round after that (tenants.tasks)."""
    assert _name(function) in _handlers, f"{_name(function)} is not an outbox_task"
    _put([OutboxMessage(task=_name(function), payload=payload, due_at=due_at) for due_at, payload in messages])


# With the messages, that they wait: what sweeps the outboxes looks only where that was said (tenants.waiting).
_PUT = """
WITH put AS (
  INSERT INTO common_outboxmessage (id, task, payload, created_at, due_at, attempts, last_error)
  SELECT id, task, payload, created_at, due_at, 0, ''
  FROM unnest(%s::uuid[], %s::text[], %s::jsonb[], %s::timestamptz[], %s::timestamptz[])
    AS new(id, task, payload, created_at, due_at)
  RETURNING due_at
)
SELECT public.outbox_waits((SELECT min(due_at) FROM put))
"""


def _put(messages: Sequence[OutboxMessage]) -> None:
    if not messages:
        return
    rows = [(each.pk, each.task, json.dumps(each.payload), each.created_at, each.due_at) for each in messages]
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [list(column) for column in zip(*rows, strict=True)])
    for each in messages:
        each._state.adding, each._state.db = False, connection.alias


def offer_again(message_id: str) -> None:
    """Have a message that failed or was given up run once more, soon."""
    message = OutboxMessage.objects.filter(pk=message_id)
    message.update(due_at=timezone.now(), attempts=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.outbox_waits(now())")
    for task in message.values_list("task", flat=True):
        on_commit_here(partial(publish, message_id, task))


def announce_later(event: Event, **payload: Any) -> OutboxMessage:
    """`announce` from a worker: at least once, if and once the transaction commits.

    For receivers that must not be skipped by a kill. One that fails is tried again, and the others with it: they
    count a fact once however often they receive it.
    """
    return enqueue(send_event, event=event.name, payload=payload)


def messages_of(function: Callable[..., object]) -> QuerySet[OutboxMessage]:
    """What waits to be done by `function`, or was given up."""
    return OutboxMessage.objects.filter(task=_name(function))


@outbox_task
def send_event(event: str, payload: dict[str, Any], **kwargs: Any) -> None:
    Event.by_name[event].send(sender=None, **payload)


# The name in messages that the release before has left.
_handlers["common.outbox.tell"] = send_event


def publish(message_id: str, task: str, *, is_awaited: bool = False) -> bool:
    """Offer a message of the present schema to the workers of its task; False when the broker is away."""
    global _broker_away_until
    if time.monotonic() < _broker_away_until:
        return False
    queue = _queues.get(task)
    if queue and not cache.add(f"outbox-offered:{message_id}", 1, _OFFERED_EVERY):
        return True
    try:
        options = {"queue": queue} if queue else {}
        priority = AT_ONCE if is_awaited else priority_of_task()
        run_outbox_message.apply_async(args=[message_id], retry=False, priority=priority, **options)
    except (BrokerAway, OSError) as problem:
        _broker_away_until = time.monotonic() + _BROKER_REST_SECONDS
        logger.warning("broker away, outbox message kept: %s", problem.__class__.__name__)
        return False
    return True


@shared_task(name="common.run_outbox_message")
def run_outbox_message(message_id: str, **kwargs: Any) -> None:
    run_message(message_id, at=timezone.now())


def run_message(message_id: str, *, at: Any) -> bool:
    """Run a message's handler and delete the message, or note the failure and when to try again.

    Two workers never run the same message at once: the row is locked while its handler runs.
    """
    with transaction.atomic():
        message = _waiting(message_id).select_for_update(skip_locked=True).first()
        if message is None:
            return False
        if message.task not in _queues:
            try:
                with transaction.atomic():
                    _handlers[message.task](**message.payload)
            except Exception as problem:
                _failed(message, problem, at=at)
                return False
            message.delete()
            return True
    return _run_apart(message, at=at)


def _run_apart(message: OutboxMessage, *, at: Any) -> bool:
    """The same of what takes long. In the place of the row its number is locked, by the session: it goes with the
    process that is killed, and no transaction stays open, which would hold back the whole database's vacuum.
    """
    key = [str(message.pk)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        if not cursor.fetchone()[0]:
            return False
    try:
        if not _waiting(message.pk).exists():  # another has done it meanwhile
            return False
        _handlers[message.task](**message.payload)
    except Exception as problem:
        _failed(message, problem, at=at)
        return False
    else:
        OutboxMessage.objects.filter(pk=message.pk).delete()
        return True
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _waiting(message_id: Any) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(pk=message_id, due_at__isnull=False)


class NotYet(Exception):
    """What a task waits for is not so yet: it is tried again like what failed, and until it is given up that is no
    error.
    """


def _failed(message: OutboxMessage, problem: Exception, *, at: datetime) -> None:
    attempts = message.attempts + 1
    given_up = attempts >= OutboxMessage.MAX_ATTEMPTS
    due_at = None if given_up else at + timedelta(seconds=min(3600, 10 * 2**attempts))
    OutboxMessage.objects.filter(pk=message.pk).update(attempts=attempts, last_error=repr(problem)[:500], due_at=due_at)
    if isinstance(problem, NotYet) and not given_up:
        logger.info("outbox task %s waits in %s", message.task, connection.schema_name)
    else:
        logger.error("outbox task %s failed in %s", message.task, connection.schema_name, exc_info=problem)


_MAILS = keeps(
    130,
    _("E-mails that we send you"),
    _("To have them leave."),
    format_lazy(_("Erased once they have left; {given_up} if they cannot be sent."), given_up=span(GIVEN_UP_KEPT)),
)


@forgets("messages given up", _MAILS, in_read_only=True, in_public=True)
def given_up_over(*, at: datetime) -> QuerySet[OutboxMessage]:
    """Those that are done with are deleted by the run that did them."""
    return OutboxMessage.objects.filter(due_at=None, created_at__lt=at - GIVEN_UP_KEPT)
