"""Which run is next. The queue is in the database; a Celery message only says that there is work.

A worker that gets a message takes the run whose turn it is, whichever run the message was sent for: whoever confirms
fifty platforms at once does not make the others wait for all fifty.
"""

import logging
from datetime import datetime
from uuid import UUID

from celery import current_app
from django.db import connection
from kombu.exceptions import ChannelError
from kombu.exceptions import OperationalError as BrokerAway

from onboarding.models import ProvisioningRun

logger = logging.getLogger(__name__)

QUEUE = "provisioning"
# Messages the sweeper sends at a time: enough for the workers until it comes by again.
OFFERED_AT_ONCE = 200

# Unfinished runs: those to make, and the cancelled ones that something is left of. One turn a requester, the
# oldest first, then the next turn of each; what a requester was served in the last hour were turns as well.
# A tag in a mail address (name+tag@) makes no other requester.
_UNFINISHED = """
WITH turns AS (
    SELECT key, state, step, attempts, created_at, next_try_at,
        state = 'RUNNING' OR (state = 'CANCELLED' AND municipality_id IS NOT NULL) AS waits,
        row_number() OVER (
            PARTITION BY lower(regexp_replace(admin_email, '\\+[^@]*@', '@')) ORDER BY created_at, key
        ) AS turn
    FROM onboarding_provisioningrun
    WHERE state = 'RUNNING' OR (state = 'CANCELLED' AND municipality_id IS NOT NULL)
       OR ended_at > now() - interval '1 hour'
),
unfinished AS (SELECT * FROM turns WHERE waits)
"""
_NEXT = f"{_UNFINISHED} SELECT key FROM unfinished WHERE next_try_at <= %s ORDER BY turn, created_at, key LIMIT %s"  # noqa: S608  # our own words
# One that failed and waits for its next try holds nobody up.
_BEFORE = (
    _UNFINISHED
    + """
SELECT count(*) FROM unfinished other, unfinished mine
WHERE mine.key = %s AND mine.state = 'RUNNING' AND mine.step = 'RESERVE'
  AND (other.attempts = 0 OR other.next_try_at <= %s)
  AND (other.turn, other.created_at, other.key) < (mine.turn, mine.created_at, mine.key)
"""
)


def dispatch(run_key: object) -> bool:
    """Send the workers a message. False with the broker away: the run waits for the sweeper."""
    try:
        current_app.send_task("onboarding.tasks.provision", args=[str(run_key)], retry=False)
    except (BrokerAway, OSError):
        logger.warning("broker away, provisioning run waits for the sweeper")
        return False
    return True


def next_runs(*, at: datetime, at_most: int = 20) -> list[UUID]:
    """The runs that may be taken now, in their order. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [at, at_most])
        return [row[0] for row in cursor.fetchall()]


def place_in_queue(run: ProvisioningRun, *, at: datetime) -> int:
    """How many runs come before this one; 0 once it has begun. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [run.pk, at])
        return int(cursor.fetchone()[0])


def offer_what_waits(*, at: datetime) -> int:
    """Send the messages that are missing (Redis was away, a worker was killed, a retry is due); how many."""
    waiting = next_runs(at=at, at_most=OFFERED_AT_ONCE)
    offered = 0
    if waiting:
        # Never more messages than runs, however often this is called while every worker is busy.
        for key in waiting[messages_waiting() :]:
            if not dispatch(key):
                break
            offered += 1
    return offered


def messages_waiting(name: str = QUEUE) -> int:
    """Messages of a queue that no worker has taken yet; 0 too where that cannot be known."""
    try:
        with current_app.connection_for_write() as broker:
            return int(broker.default_channel.queue_declare(queue=name, passive=True).message_count)
    except (ChannelError, BrokerAway, OSError):
        return 0
