"""One project at the desk: where it stands, its steps, its news, and the forms for each."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.abilities import may
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import RUN_PROJECTS
from consultations.outcomes.backoffice.project_forms import DoneStepForm, MoveStepForm, NewsForm, StateForm, StepForm
from consultations.outcomes.models import Milestone, Project
from consultations.outcomes.selectors.project_desk import doubted
from consultations.outcomes.selectors.projects import project_page


def project_of(consultation: Consultation, slug: str) -> Project:
    """Of this consultation: no other's stands at its address."""
    found = consultation.projects.select_related("picture").defer("picture__content").filter(slug=slug).first()
    if found is None:
        raise Http404
    found.consultation = consultation
    return found


def project_response(
    request: HttpRequest, project: Project, *, typed: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """Its page. `typed`: the forms that were sent in vain, by what they are about."""
    typed, today = typed or {}, timezone.localdate()
    page = project_page(project, today=today)
    first = {"state": project.state, "revision": project.revision}
    context = {
        "project": project,
        "consultation": project.consultation,
        "page": page,
        "steps": [_step(each, typed) for each in page.steps.milestones],
        "all_steps": page.steps,
        "sources": project.sources.select_related("proposal").defer("proposal__search").order_by("pk"),
        "doubted": doubted(project),
        "state_form": typed.get("state") or StateForm(initial=first, auto_id="state_%s"),
        "step_form": typed.get("step") or StepForm(auto_id="step_%s"),
        "news_form": typed.get("news") or NewsForm(auto_id="news_%s"),
        "typed": typed,
        "may_run": may(request.user, RUN_PROJECTS),
    }
    return render(request, "outcomes/backoffice/project.html", context, status=status)


def _step(milestone: Milestone, typed: dict[str, forms.Form]) -> dict[str, Any]:
    moved, done = typed.get(f"move {milestone.pk}"), typed.get(f"done {milestone.pk}")
    return {
        "milestone": milestone,
        "move": moved or MoveStepForm(auto_id=f"move_{milestone.pk}_%s", initial={"planned_on": milestone.planned_on}),
        "done": done or DoneStepForm(auto_id=f"done_{milestone.pk}_%s", initial={"done_on": timezone.localdate()}),
        "is_open": bool(moved or done),
    }
