"""What is shown of analyses that are made, and were."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from consultations.analysis.enums import RunKind, RunState
from consultations.analysis.models import AnalysisRun
from consultations.framing.models import Consultation

# Not begun by then: the worker is busy with another, or there is none.
_SOON = timedelta(seconds=30)


def progress_key(run_id: int) -> str:
    return f"analysis-progress:{run_id}"


@dataclass(frozen=True)
class Standing:
    """Of one kind: what is being made, how far it is (of a hundred), and what was made last, whatever became of it."""

    asked: AnalysisRun | None
    progress: int | None
    waits: bool
    last: AnalysisRun | None
    done: AnalysisRun | None
    published: AnalysisRun | None


def standing(consultation: Consultation, kind: RunKind, *, at: datetime) -> Standing:
    runs = AnalysisRun.objects.filter(consultation=consultation, kind=kind).select_related("consultation")
    by_state = {state: [run for run in runs if run.state == state] for state in RunState}
    asked = next(iter(by_state[RunState.ASKED]), None)
    progress = cache.get(progress_key(asked.pk)) if asked else None
    return Standing(
        asked=asked,
        progress=progress,
        waits=asked is not None and progress is None and at - asked.asked_at > _SOON,
        last=next((run for run in runs if run.state != RunState.ASKED), None),
        done=next(iter(by_state[RunState.DONE]), None),
        published=next((run for run in runs if run.published_at), None),
    )
