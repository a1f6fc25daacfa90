"""What was public when: each contribution with the moments at which everybody could read it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision
from consultations.moderation.selectors.register import registered
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply

_MODELS = {Kind.PROPOSAL: Proposal, Kind.ARGUMENT: Argument, Kind.REPLY: Reply}
_CHUNK = 2000


@dataclass(frozen=True)
class Period:
    """`until`: None while it goes on."""

    kind: str
    number: int
    since: datetime
    until: datetime | None


def periods(*, on: datetime | None = None) -> Iterator[Period]:
    """All of them, or those that were public at one moment; kind by kind, by number, in constant memory.

    By the decisions that were taken here: what was hidden in another way (imported so) was never public.
    """
    turns = _turns()
    for kind, model in _MODELS.items():
        rows = model._default_manager.exclude(status=Status.HELD).order_by("pk")
        for pk, submitted_at, status in rows.values_list("pk", "submitted_at", "status").iterator(chunk_size=_CHUNK):
            known = turns.get((kind.value, pk), [])
            if status == Status.HIDDEN and not known:
                continue
            for since, until in _spans(submitted_at, known):
                if on is None or (since <= on and (until is None or on < until)):
                    yield Period(kind.value, pk, since, until)


def _turns() -> dict[tuple[str, int], list[Decision]]:
    """By text, the decisions that took it away or brought it back, the oldest first."""
    found = defaultdict(list)
    decisions = registered().filter(act__in=[Act.HIDE, Act.RESTORE, Act.REDACT], kind__in=list(_MODELS))
    for each in decisions.select_related("case").order_by("pk"):
        found[each.kind, each.case.subject_id].append(each)
    return found


def _spans(begun: datetime, decisions: list[Decision]) -> Iterator[tuple[datetime, datetime | None]]:
    since: datetime | None = begun
    for decision in decisions:
        if decision.act == Act.HIDE and since is not None:
            yield since, decision.decided_at
            since = None
        elif decision.act != Act.HIDE and since is None:
            since = decision.decided_at
    if since is not None:
        yield since, None
