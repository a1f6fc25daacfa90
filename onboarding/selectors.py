"""Reading runs."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from onboarding.enums import RunState, Step
from onboarding.models import Authority, ProvisioningRun, SignUp, StepRecord


def steps_of(run: ProvisioningRun) -> list[dict[str, Any]]:
    """The six steps as the page ticks them: label, state (done, now, next, stopped), seconds."""
    done = {record.step: record.seconds for record in _records(run)}
    steps = []
    for step in Step:
        state = "done" if step in done else "now" if step == run.step else "next"
        if state == "now" and run.state in (RunState.REFUSED, RunState.FAILED, RunState.CANCELLED):
            state = "stopped"
        steps.append({"code": step.value, "label": step.label, "state": state, "seconds": done.get(step)})
    return steps


def seconds_of(run: ProvisioningRun) -> float:
    """What its steps have taken so far, waiting between them left out."""
    return float(sum(record.seconds for record in _records(run)))


def _records(run: ProvisioningRun) -> list[StepRecord]:
    """None is asked for before the first step is done."""
    return [] if run.step == Step.RESERVE else list(run.steps.all())


def runs(*, state: str = "", search: str = "") -> QuerySet[ProvisioningRun]:
    """Runs, newest first, for the operators; `search` looks in names, addresses, codes and who asked."""
    found = ProvisioningRun.objects.order_by("-created_at", "pk")
    if state:
        found = found.filter(state=state)
    if search:
        found = found.filter(
            Q(authority_name__icontains=search)
            | Q(slug__icontains=search)
            | Q(authority_code__startswith=search)
            | Q(admin_email__icontains=search)
        )
    return found.select_related("municipality").prefetch_related("steps")


def runs_by_state() -> dict[str, int]:
    """How many there are in each state. One query."""
    counted = ProvisioningRun.objects.order_by("state").values_list("state").annotate(count=Count("pk"))
    return dict(counted)


def run_of(sign_up: SignUp) -> ProvisioningRun | None:
    return ProvisioningRun.objects.filter(sign_up=sign_up).first()


def authority_by_key(key: str) -> Authority | None:
    """The authority of a key such as COMMUNE-45302, as addresses carry it; None for anything else."""
    kind, _dash, code = key.partition("-")
    if not (kind.isascii() and code.isalnum() and len(key) < 40):
        return None
    return Authority.objects.filter(kind=kind, code=code).first()
