"""Analyses, asked for by the team and made by a worker of their own (queue `analysis`).

What is asked for is a row and a message of the outbox, in one transaction. The worker holds the message while it
computes: killed, it lets go, and the sweeper has another one begin anew. It reads in one short transaction and writes
in another, at the end: none is open while it computes.
"""

import hashlib
import json
import logging
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from common.outbox import enqueue, messages_of, outbox_task
from consultations.analysis.enums import RunFailure, RunKind, RunState
from consultations.analysis.models import AnalysisRun
from consultations.analysis.selectors.runs import progress_key
from consultations.analysis.services.kinds import KINDS
from consultations.analysis.services.work import QUEUE, Kind
from consultations.framing.models import Consultation

logger = logging.getLogger(__name__)

# Of each consultation and kind, beside the published one.
RUNS_KEPT = 5
# How often it is begun: one that has its worker killed, for want of memory say, would be begun for ever.
STARTS = 3
# How long one waits for a worker.
WAITS = timedelta(days=2)


class Cancelled(Exception):
    """Somebody has cancelled the run that is being made."""


def ask_for_run(*, consultation: Consultation, kind: RunKind, actor: User | None, at: datetime) -> AnalysisRun:
    """Have a worker make it; asked for again before it is made, it is the same."""
    with transaction.atomic():
        run, asked = AnalysisRun.objects.get_or_create(
            consultation=consultation,
            kind=kind,
            state=RunState.ASKED,
            defaults={"asked_by": actor, "asked_at": at},
        )
        if asked:
            record("analysis_asked", actor=actor, subject=consultation, kind=str(kind))
            enqueue(make_run, run_id=run.pk)
    return run


def cancel_run(*, run: AnalysisRun, actor: User, at: datetime) -> None:
    """A worker that is at it stops at its next step, and keeps nothing; one that is over stays as it is."""
    with transaction.atomic():
        if _end(run.pk, RunState.CANCELLED, at=at):
            _take_back(run.pk)
            record("analysis_cancelled", actor=actor, subject=run.consultation, kind=run.kind)


@outbox_task(queue=QUEUE)
def make_run(run_id: int, **kwargs: Any) -> None:
    run = AnalysisRun.objects.select_related("consultation").filter(pk=run_id, state=RunState.ASKED).first()
    if run is None:
        return
    starts = f"analysis-starts:{run.pk}"
    cache.add(starts, 0, 86400)
    if cache.incr(starts) > STARTS:
        _end(run.pk, RunState.FAILED, at=timezone.now(), failure=RunFailure.KILLED)
        return
    try:
        _make(run, KINDS[RunKind(run.kind)])
    except Cancelled:
        pass
    except SoftTimeLimitExceeded:
        logger.warning("analysis %s took too long", run.pk)
        _end(run.pk, RunState.FAILED, at=timezone.now(), failure=RunFailure.TOO_LONG)
    except Exception:
        logger.exception("analysis %s failed", run.pk)
        _end(run.pk, RunState.FAILED, at=timezone.now(), failure=RunFailure.ERROR)
    cache.delete_many([starts, progress_key(run.pk)])


def digest_of(kind: Kind, inputs: Any) -> str:
    """Of what an analysis is made from: the same as before, and nothing has changed since."""
    written = json.dumps([kind.version, inputs], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _make(run: AnalysisRun, kind: Kind) -> None:
    _tell(run, 0)
    with transaction.atomic():
        inputs = kind.gather(run.consultation)
    run.digest = digest_of(kind, inputs)
    _find(run, kind, inputs)
    with transaction.atomic():
        now = timezone.now()
        if not _end(run.pk, RunState.DONE, at=now, digest=run.digest, result=run.result, basis=run.basis):
            raise Cancelled
        run.state, run.ended_at = RunState.DONE, now
        kind.keep(run)
        _leave_room(run)


def _find(run: AnalysisRun, kind: Kind, inputs: Any) -> None:
    """Its result: that of a run of the same inputs, where what was told in between does not matter."""
    made = AnalysisRun.objects.filter(consultation=run.consultation_id, kind=run.kind, state=RunState.DONE)
    last = made.order_by("-ended_at", "-pk").first()
    same = last if kind.tell and last and last.digest == run.digest else None
    if not kind.tell:
        same = made.filter(digest=run.digest).first()
    if same:
        run.result, run.basis = same.result, same.basis
        return
    run.result = kind.compute(inputs, lambda done: _tell(run, done))
    if kind.tell:
        run.result, run.basis = kind.tell(last, run.result, at=timezone.now())


def _tell(run: AnalysisRun, done: int) -> None:
    """Beside the database: a row would be written at each step. Raises Cancelled."""
    if not AnalysisRun.objects.filter(pk=run.pk, state=RunState.ASKED).exists():
        raise Cancelled
    cache.set(progress_key(run.pk), done, 600)


def _end(pk: int, state: RunState, *, at: datetime, **told: Any) -> bool:
    """False where it is over already."""
    return bool(AnalysisRun.objects.filter(pk=pk, state=RunState.ASKED).update(state=state, ended_at=at, **told))


def _leave_room(run: AnalysisRun) -> None:
    over = AnalysisRun.objects.filter(
        consultation=run.consultation_id, kind=run.kind, ended_at__isnull=False, published_at=None
    )
    kept = list(over.order_by("-ended_at", "-pk").values_list("pk", flat=True)[:RUNS_KEPT])
    over.exclude(pk__in=kept).delete()


def untaken(*, at: datetime) -> QuerySet[AnalysisRun]:
    """What waits for a worker for so long that there is none."""
    return AnalysisRun.objects.filter(state=RunState.ASKED, asked_at__lt=at - WAITS)


def give_up_waiting(*, at: datetime) -> int:
    """End what no worker has taken: a city whose server has none is told so; how many."""
    given_up = 0
    for pk in list(untaken(at=at).values_list("pk", flat=True)):
        with transaction.atomic():
            _take_back(pk)
            given_up += _end(pk, RunState.FAILED, at=at, failure=RunFailure.NO_WORKER)
    return given_up


def _take_back(pk: int) -> None:
    """The message: a worker that is at it finds out by itself."""
    messages_of(make_run).filter(payload__run_id=pk).delete()
