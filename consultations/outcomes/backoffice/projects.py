"""The desk's projects: prepared, published, told of."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.abilities import may
from accounts.permissions import role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.pictures import count_pictures
from common.refusals import Refusal
from consultations.cocreation.rules import NoMailAddress
from consultations.framing.backoffice.chosen import in_archives_too, of_consultation
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import RUN_PROJECTS, SEE_ANSWERS
from consultations.outcomes.backoffice.project_forms import NewProjectForm, ProjectForm, StateForm
from consultations.outcomes.backoffice.project_page import project_of, project_response
from consultations.outcomes.models import Project
from consultations.outcomes.selectors.project_desk import accepted, project_rows, without_project
from consultations.outcomes.selectors.whole_project import whole_project
from consultations.outcomes.services.project_refusals import BeforeConsultation
from consultations.outcomes.services.projects import (
    change_project,
    change_state,
    discard_project,
    make_project,
    publish_project,
)
from consultations.participation.models import Picture

_FIELDS = (
    *("title", "summary", "decided_on", "lead_service", "contact_email", "elected", "location", "neighbourhood"),
    *("budget_planned", "budget_spent", "picture_alt"),
)


@role_required(SEE_ANSWERS)
@of_consultation
@in_archives_too
def projects(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    context = {
        "consultation": consultation,
        "rows": project_rows(consultation, at=timezone.now()),
        "to_make": without_project(consultation).count(),
        "has_accepted": accepted(consultation).exists(),
        "may_run": may(request.user, RUN_PROJECTS),
    }
    return render(request, "outcomes/backoffice/projects.html", context)


@role_required(RUN_PROJECTS)
@of_consultation
def new(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    found = list(accepted(consultation).without_texts().order_by("title", "pk"))
    first = {str(pk) for pk in without_project(consultation).values_list("pk", flat=True)}
    found.sort(key=lambda each: str(each.pk) not in first)
    form = NewProjectForm(request.POST or None, proposals=found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = make_project(
                consultation=consultation,
                proposals=[int(pk) for pk in given["proposals"]],
                title=given["title"],
                summary=given["summary"],
                by=signed_in_user(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("proposals", str(refusal.message))
        else:
            messages.success(request, _("The project is prepared. Your team alone sees it until you publish it."))
            return redirect("desk_project", consultation.slug, made.slug)
    context = {"consultation": consultation, "form": form, "proposals": found}
    return render(request, "outcomes/backoffice/project_new.html", context, status=422 if form.errors else 200)


@role_required(SEE_ANSWERS)
@of_consultation
@in_archives_too
def project(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    """Everything about one: where it stands, its steps, its news."""
    return project_response(request, project_of(consultation, slug))


@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def edit(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    """What its page says of it. Saved by somebody else meanwhile, their text stands beside what was typed."""
    found = project_of(consultation, slug)
    asks: dict[str, Any] = {"has_picture": found.picture_id is not None, "place": found.neighbourhood}
    if request.method != "POST":
        form = ProjectForm(initial={name: getattr(found, name) for name in (*_FIELDS, "revision")}, **asks)
        return _edit_page(request, found, form)
    count_pictures(request)
    form = ProjectForm(request.POST, request.FILES, **asks)
    if not form.is_valid():
        return _edit_page(request, found, form, status=422)
    try:
        _change(request, found, form.cleaned_data)
    except ChangedMeanwhile as meanwhile:
        form = ProjectForm(sent_again(request, meanwhile.now.revision), **asks)
        form.is_valid()
        beside = {"fields": theirs_beside(form, {name: getattr(meanwhile.now, name) for name in _FIELDS})}
        return _edit_page(request, found, form, conflict=beside, status=meanwhile.status)
    except Refusal as refusal:
        form.add_error(_FIELD_OF.get(refusal.code), str(refusal.message))
        return _edit_page(request, found, form, status=refusal.status)
    messages.success(request, _("The page of the project is changed."))
    return redirect("desk_project", consultation.slug, slug)


_FIELD_OF = {
    "before_decision": "decided_on",
    "day_refused": "decided_on",
    "picture_not_described": "picture_alt",
    "neighbourhood_refused": "neighbourhood",
    NoMailAddress.code: "contact_email",
    BeforeConsultation.code: "decided_on",
}


def _change(request: HttpRequest, found: Project, given: dict[str, Any]) -> None:
    sent = {name: given[name] for name in _FIELDS if name in given}
    sent.setdefault("neighbourhood", found.neighbourhood)
    change_project(
        project=found,
        revision=given["revision"],
        photo=given.get("picture"),
        without_picture=given.get("without_picture", False),
        by=signed_in_user(request),
        at=timezone.now(),
        **sent,
    )


def _edit_page(
    request: HttpRequest, found: Project, form: ProjectForm, *, conflict: Any = None, status: int = 200
) -> HttpResponse:
    context = {"project": found, "consultation": found.consultation, "form": form, "conflict": conflict}
    return render(request, "outcomes/backoffice/project_edit.html", context, status=status)


@role_required(SEE_ANSWERS)
@of_consultation
def preview(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    """As residents will read it."""
    found = project_of(consultation, slug)
    context = {**whole_project(found, today=timezone.localdate()), "is_draft": True, "consultation": consultation}
    return render(request, "outcomes/backoffice/project_preview.html", context)


@role_required(SEE_ANSWERS)
@of_consultation
def picture(request: HttpRequest, consultation: Consultation, digest: str) -> HttpResponse:
    """A picture of a project of this consultation, published or not."""
    shown = consultation.projects.filter(picture__isnull=False).values("picture")
    content = Picture.objects.filter(pk__in=shown, digest=digest).values_list("content", flat=True).first()
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def publish(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    found = project_of(consultation, slug)
    try:
        publish_project(project=found, by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, _("The project is published. Whoever follows its proposals is told."))
    return redirect("desk_project", consultation.slug, slug)


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def discard(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    found = project_of(consultation, slug)
    try:
        discard_project(project=found, by=signed_in_user(request))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
        return redirect("desk_project", consultation.slug, slug)
    messages.success(request, _("The project is deleted. Nobody but your team has seen it."))
    return redirect("desk_projects", consultation.slug)


@require_POST
@role_required(RUN_PROJECTS)
@of_consultation
@in_archives_too
def state(request: HttpRequest, consultation: Consultation, slug: str) -> HttpResponse:
    found = project_of(consultation, slug)
    form = StateForm(request.POST, auto_id="state_%s")
    if form.is_valid():
        try:
            change_state(project=found, by=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as meanwhile:
            form = StateForm(sent_again(request, meanwhile.now.revision), auto_id="state_%s")
            form.add_error(
                None, _("Somebody of your team changed this project meanwhile. Read it, then send this again.")
            )
        except Refusal as refusal:
            form.add_error("reason", str(refusal.message))
        else:
            messages.success(request, _("Everybody reads where the project stands now."))
            return redirect("desk_project", consultation.slug, slug)
    return project_response(request, found, typed={"state": form}, status=422)
