"""What the week asks for what comes of consultations (common.worklist)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure, full_day
from common.worklist import Asked, Line, When, lines
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import RUN_PROJECTS
from consultations.outcomes.models import Project
from consultations.outcomes.selectors.project_desk import (
    SILENCE,
    late_milestones,
    silent_projects,
    without_project,
)

_SHOWN = 3

# ── Projects ──────────────────────────────────────────────────────────────────


def _page(consultation: Consultation, project: Project) -> str:
    return reverse("desk_project", args=[consultation.slug, project.slug])


@lines(queries=1)
def silent(asked: Asked) -> Iterator[Line]:
    """Projects of which people have heard nothing for long."""
    found = list(silent_projects(asked.consultation, at=asked.at).only("title", "slug"))
    if not found:
        return
    told = ngettext("Nothing was said of %(count)s project", "Nothing was said of %(count)s projects", len(found))
    yield Line(
        kind="outcomes.silent",
        title=told % {"count": figure(len(found))},
        links=tuple((each.title, _page(asked.consultation, each)) for each in found[:_SHOWN]),
        why=_("For %(days)s days or more. One sentence of news is enough, even to say that it waits.")
        % {"days": SILENCE.days},
        minutes=10 * min(len(found), _SHOWN),
        roles=RUN_PROJECTS.in_team,
        url=f"{_page(asked.consultation, found[0])}#nouvelles",
        verb=_("Give news"),
        when=When.WEEK,
        amount=len(found),
    )


@lines(queries=1)
def late_steps(asked: Asked) -> Iterator[Line]:
    """Steps whose day is over: done, or to be put off with why."""
    today = timezone.localtime(asked.at).date()
    found = list(late_milestones(asked.consultation, today=today)[:100])
    if not found:
        return
    first = found[0]
    told = ngettext(
        "The day of %(count)s step of a project is over", "The days of %(count)s steps of projects are over", len(found)
    )
    yield Line(
        kind="outcomes.late_steps",
        title=told % {"count": figure(len(found))},
        links=tuple(
            (f"{each.project.title}, {full_day(each.planned_on)}", _page(asked.consultation, each.project))
            for each in found[:_SHOWN]
        ),
        why=_("Its page says that it is late. Say that it is done, or until when and why it is put off."),
        minutes=5 * min(len(found), _SHOWN),
        roles=RUN_PROJECTS.in_team,
        url=f"{_page(asked.consultation, first.project)}#etapes",
        verb=_("Say where it stands"),
        when=When.WEEK,
        amount=len(found),
    )


@lines(queries=1)
def no_project_yet(asked: Asked) -> Iterator[Line]:
    """Accepted proposals that nobody has made a project of."""
    count = without_project(asked.consultation).count()
    if not count or asked.calendar.is_archived:
        return
    told = ngettext(
        "%(count)s accepted proposal has no project yet", "%(count)s accepted proposals have no project yet", count
    )
    yield Line(
        kind="outcomes.no_project",
        title=told % {"count": figure(count)},
        why=_("People will ask what happens next. A project shows it: its steps, its dates, its news."),
        minutes=20,
        roles=RUN_PROJECTS.in_team,
        url=reverse("desk_project_new", args=[asked.consultation.slug]),
        verb=_("Prepare a project"),
        when=When.LATER,
        amount=count,
    )
