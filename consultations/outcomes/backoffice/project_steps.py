"""The desk's projects: steps and news, each sent from the project's page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.pictures import count_pictures
from common.refusals import Refusal
from consultations.framing.backoffice.chosen import in_archives_too, of_consultation
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import RUN_PROJECTS
from consultations.outcomes.backoffice.project_forms import DoneStepForm, MoveStepForm, NewsForm, StepForm
from consultations.outcomes.backoffice.project_page import project_of, project_response
from consultations.outcomes.models import Milestone, Project
from consultations.outcomes.services.milestones import (
    add_milestone,
    move_milestone,
    reach_milestone,
    remove_milestone,
    reopen_milestone,
)
from consultations.outcomes.services.project_news import publish_news, take_news_back


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def add(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    project = project_of(consultation, slug)
    form = StepForm(request.POST, auto_id="step_%s")

    def do() -> None:
        add_milestone(project=project, by=signed_in_user(request), **form.cleaned_data)

    return _done(request, project, "step", form, do, said=_("The step is planned."), field="planned_on")


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def move(request: HttpRequest, consultation: Consultation, slug: str, step: int) -> HttpResponse:
    project, milestone = _step_of(consultation, slug, step)
    form = MoveStepForm(request.POST, auto_id=f"move_{step}_%s")

    def do() -> None:
        move_milestone(milestone=milestone, by=signed_in_user(request), at=timezone.now(), **form.cleaned_data)

    return _done(request, project, f"move {step}", form, do, said=_("The new day is on the page."), field="planned_on")


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def reach(request: HttpRequest, consultation: Consultation, slug: str, step: int) -> HttpResponse:
    """Done; or, sent with « non », not done after all."""
    project, milestone = _step_of(consultation, slug, step)
    if request.POST.get("do") == "reopen":
        reopen_milestone(milestone=milestone, by=signed_in_user(request))
        messages.success(request, _("This step is to be done again."))
        return redirect("desk_project", consultation.slug, slug)
    form = DoneStepForm(request.POST, auto_id=f"done_{step}_%s")

    def do() -> None:
        reach_milestone(milestone=milestone, by=signed_in_user(request), at=timezone.now(), **form.cleaned_data)

    return _done(request, project, f"done {step}", form, do, said=_("This step is done."), field="done_on")


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def remove(request: HttpRequest, consultation: Consultation, slug: str, step: int) -> HttpResponse:
    _project, milestone = _step_of(consultation, slug, step)
    try:
        remove_milestone(milestone=milestone, by=signed_in_user(request))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_project", consultation.slug, slug)


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def tell(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    """News, with a picture perhaps."""
    project = project_of(consultation, slug)
    count_pictures(request)
    form = NewsForm(request.POST, request.FILES, auto_id="news_%s")

    def do() -> None:
        given = {**form.cleaned_data, "photo": form.cleaned_data["picture"]}
        del given["picture"]
        publish_news(project=project, by=signed_in_user(request), at=timezone.now(), **given)

    said = _("The news is published. Those who follow the project are told.")
    return _done(request, project, "news", form, do, said=said, field="picture_alt")


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def take_back(request: HttpRequest, consultation: Consultation, slug: str, news: int) -> HttpResponse:
    project = project_of(consultation, slug)
    take_news_back(news=get_object_or_404(project.news, pk=news), by=signed_in_user(request))
    messages.success(request, _("Nobody reads this news any more."))
    return redirect("desk_project", consultation.slug, slug)


def _step_of(consultation: Consultation, slug: str, pk: int) -> tuple[Project, Milestone]:
    project = project_of(consultation, slug)
    milestone = project.milestones.filter(pk=pk).first()
    if milestone is None:
        raise Http404
    milestone.project = project
    return project, milestone


def _done(
    request: HttpRequest,
    project: Project,
    about: str,
    form: forms.Form,
    do: Callable[[], Any],
    *,
    said: str,
    field: str,
) -> HttpResponse:
    """Back to the page; what was refused stays where it was typed, with why at `field`."""
    if form.is_valid():
        try:
            do()
        except Refusal as refusal:
            form.add_error(_FIELD_OF.get(refusal.code, field), str(refusal.message))
        else:
            messages.success(request, said)
            return redirect("desk_project", project.consultation.slug, project.slug)
    return project_response(request, project, typed={about: form}, status=422)


_FIELD_OF = {"project_why_missing": "why", "too_many_steps": None, "project_not_public": None}
