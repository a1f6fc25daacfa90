"""Reading runs."""

from typing import Any

from django.db.models import QuerySet

from onboarding.enums import RunState, Step
from onboarding.models import Authority, ProvisioningRun, SignUp


def steps_of(run: ProvisioningRun) -> list[dict[str, Any]]:
    """The six steps as the page ticks them: label, state (done, now, next, stopped), seconds."""
    done = {record.step: record.seconds for record in run.steps.all()}
    steps = []
    for step in Step:
        state = "done" if step in done else "now" if step == run.step else "next"
        if state == "now" and run.state in (RunState.REFUSED, RunState.FAILED):
            state = "stopped"
        steps.append({"code": step.value, "label": step.label, "state": state, "seconds": done.get(step)})
    return steps


def runs() -> QuerySet[ProvisioningRun]:
    """All runs, newest first, for the operators."""
    return (
        ProvisioningRun.objects.select_related("municipality").prefetch_related("steps").order_by("-created_at", "pk")
    )


def run_of(sign_up: SignUp) -> ProvisioningRun | None:
    return ProvisioningRun.objects.filter(sign_up=sign_up).first()


def authority_by_key(key: str) -> Authority | None:
    """The authority of a key such as COMMUNE-45302, as addresses carry it; None for anything else."""
    kind, _dash, code = key.partition("-")
    if not (kind.isascii() and code.isalnum() and len(key) < 40):
        return None
    return Authority.objects.filter(kind=kind, code=code).first()
