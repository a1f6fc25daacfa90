"""Projects, as everybody reads them: all of the city's, and one with its news and where it comes from."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import signed_in_user, user_of
from common.kept_parts import kept_part
from common.limits import limited_by
from common.pagecache import cached_page, fills
from common.requests import Request
from consultations.framing.context import remember
from consultations.outcomes.enums import ProjectState
from consultations.outcomes.models import Project, ProjectFollow
from consultations.outcomes.resident.project_begun import FollowProject
from consultations.outcomes.selectors.projects import (
    GROUPS,
    project_list,
    public_projects,
    published_project_picture,
    steps_of,
)
from consultations.outcomes.selectors.whole_project import whole_project
from consultations.outcomes.services.project_news import follow_project, unfollow_project
from consultations.participation.limits import PRESSES
from consultations.participation.resident.acting import keep_for_later


@cached_page
def projects(request: Request) -> HttpResponse:
    """All of the city's, by what moves; chosen by consultation, state and neighbourhood."""
    asked = request.GET
    found = project_list(
        slug=asked.get("serie", ""),
        state=asked.get("etat", ""),
        place=asked.get("quartier", ""),
        page=asked.get("page", 1),
    )
    today = timezone.localdate()
    rows = [(each, steps_of(each, list(each.milestones.all()), today=today)) for each in found.page]
    groups = [(GROUPS[state], list(those)) for state, those in groupby(rows, key=lambda row: row[0].state)]
    context = {"list": found, "groups": groups, "page": found.page, "today": today}
    return render(request, "outcomes/resident/projects.html", context)


@cached_page
def project(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(public_projects(), slug=slug)
    remember(request, found.consultation)
    return render(request, "outcomes/resident/project.html", whole_project(found, today=timezone.localdate()))


def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """A picture that a published project or a piece of its news shows. It never changes: its address is its digest."""
    content = published_project_picture(digest)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=300"})


@limited_by(PRESSES)
@require_POST
def follow(request: Request, slug: str) -> HttpResponse:
    """Follow, or no longer, as the form says: pressed twice, or on two devices, the result is the same."""
    found = get_object_or_404(public_projects(), slug=slug)
    wanted = request.POST.get("suivre") != "non"
    if not isinstance(request.user, User):
        return keep_for_later(request, FollowProject(project=found.pk, follows=wanted))
    user = signed_in_user(request)
    if wanted:
        follow_project(project=found, user=user, at=timezone.now())
    else:
        unfollow_project(project=found, user=user)
        messages.success(request, _("You no longer follow it."))
    return redirect(f"{found.get_absolute_url()}#suivre")


@fills("followproject")
def follow_button(request: Request, *, slug: str = "", **kwargs: Any) -> str:
    """Follow, or no longer, where one may; and how many others do."""
    if not slug:
        return ""
    user = user_of(request)
    follows = user is not None and ProjectFollow.objects.filter(user=user, project__slug=slug).exists()

    def make() -> str:
        known = Project.objects.filter(slug=slug).values_list("follower_count", "state")
        people, state = known.first() or (0, "")
        context = {
            "follows": follows,
            "others": people - follows,
            "may_follow": request.tenant.takes_writing,
            "slug": slug,
            "is_given_up": state == ProjectState.ABANDONED,
        }
        return render_to_string("outcomes/resident/_follow_project.html", context, request=request)

    return kept_part(request, f"follow {follows}", make)
