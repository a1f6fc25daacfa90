"""Which outboxes hold something due, without looking into all of them (public.outbox_waits).

A message is written with a hint, in one statement: where its transaction commits both are there. A hint goes only once
a look into the outbox, later than it was read, has found nothing that is due by then: whoever wrote it had committed,
so what it stood for would have been seen. Until then it stays, whatever is killed. So the sweep costs by what waits,
and what is lost all the same (a hand, the release before) is found by the slices of `repair`, once a day.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, IntegerField
from django.db.models.functions import Mod
from django_tenants.utils import schema_context
from psycopg import sql

from common.db import connection
from tenants.enums import LifecycleState
from tenants.many import ask_many
from tenants.models import Municipality, WaitingOutbox

logger = logging.getLogger(__name__)

# Every city is looked into once a day, some at a time.
REPAIRS_A_DAY = 288
REPAIR_EVERY = timedelta(days=1) / REPAIRS_A_DAY


def schemas_with_due_messages(*, at: datetime) -> list[str]:
    """The schemas whose outbox holds something due; hints that stand for nothing any more go, or to the next moment."""
    with schema_context("public"):
        hints: dict[str, list[int]] = defaultdict(list)
        for schema_name, pk in WaitingOutbox.objects.filter(due_at__lte=at).values_list("schema_name", "pk"):
            hints[schema_name].append(pk)
        if not hints:
            return []
        served, unready = _served(hints)
        found, broken = next_due(served)
        _settle(hints, found, left_alone=unready | broken)
        return [schema_name for schema_name, due_at in found.items() if due_at <= at]


def _served(schemas: Collection[str]) -> tuple[list[str], set[str]]:
    """Those that are there, and those of cities in the making, whose time comes when they are ready."""
    cities = Municipality.objects.filter(schema_name__in=schemas, moved_at=None).exclude(state=LifecycleState.DELETED)
    ready = dict(cities.order_by("pk").values_list("schema_name", "ready_at"))
    public = ["public"] if "public" in schemas else []
    return [*public, *(name for name, at in ready.items() if at)], {name for name, at in ready.items() if not at}


def next_due(schemas: Sequence[str]) -> tuple[dict[str, datetime], set[str]]:
    """When the next message of each outbox is due, of those that hold one; and those that could not be looked into. One
    query for 200.
    """
    found, broken = ask_many(schemas, _due_in)
    return {name: due_at for name, due_at in found if due_at is not None}, set(broken)


def _due_in(schemas: Sequence[str]) -> list[tuple[str, datetime | None]]:
    looks = [
        sql.SQL("SELECT {name}, (SELECT min(due_at) FROM {table})").format(
            name=sql.Literal(schema), table=sql.Identifier(schema, "common_outboxmessage")
        )
        for schema in schemas
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(looks))
        return list(cursor.fetchall())


def _settle(hints: dict[str, list[int]], found: dict[str, datetime], *, left_alone: set[str]) -> None:
    """Of each schema one hint stays, for what is due next there; none where nothing is."""
    gone, kept = [], {}
    for schema_name, (first, *others) in hints.items():
        if schema_name in left_alone:
            continue
        gone += others
        if schema_name in found:
            kept[first] = found[schema_name]
        else:
            gone.append(first)
    with transaction.atomic():
        WaitingOutbox.objects.filter(pk__in=gone).delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE public.tenants_waitingoutbox w SET due_at = k.due_at"
                " FROM unnest(%s::bigint[], %s::timestamptz[]) AS k(id, due_at)"
                " WHERE w.id = k.id AND w.due_at IS DISTINCT FROM k.due_at",
                [list(kept), list(kept.values())],
            )


def repair(*, at: datetime) -> int:
    """Look into public's outbox and those of this moment's slice of cities; how many held what no hint said."""
    number = int(at.timestamp() // REPAIR_EVERY.total_seconds()) % REPAIRS_A_DAY
    with schema_context("public"):
        turn = Mod(F("pk"), REPAIRS_A_DAY, output_field=IntegerField())
        cities = Municipality.objects.ready().alias(turn=turn).filter(turn=number)
        found, _broken = next_due(["public", *cities.order_by("pk").values_list("schema_name", flat=True)])
        hinted = WaitingOutbox.objects.filter(schema_name__in=found).values_list("schema_name", "due_at")
        said = {name for name, due_at in hinted if due_at <= found[name]}
        lost = [WaitingOutbox(schema_name=name, due_at=due) for name, due in found.items() if name not in said]
        WaitingOutbox.objects.bulk_create(lost)
    for each in lost:
        logger.warning("something waited in %s that nobody would have looked for", each.schema_name)
    return len(lost)
