"""How pages say when the steps of a project are."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from common.templatetags.languages import as_written
from common.templatetags.ui import figure, full_day
from common.text import in_euros
from consultations.outcomes.models import Milestone, Project
from consultations.outcomes.selectors.projects import Steps

register = template.Library()
register.filter("euros", in_euros)


@register.filter
def when(step: Milestone, steps: Steps) -> str:
    """Its day; of what was put off the day that had been announced, and why; of what is late, that it is; of what a
    project left undone, that it had been planned.
    """
    if step.done_on:
        return full_day(step.done_on)
    words = {"day": full_day(step.planned_on), "before": full_day(step.first_planned_on)}
    if steps.is_over:
        return _("was planned for %(day)s") % words
    if not step.first_planned_on:
        return _("planned for %(day)s: late") % words if steps.is_late(step) else words["day"]
    said = (
        _("planned for %(day)s, first for %(before)s: late.")
        if steps.is_late(step)
        else _("%(day)s, and not %(before)s.")
    )
    return format_html("{} {}", said % words, as_written(step.late_why)) if step.late_why else said % words


@register.filter
def share_spent(project: Project) -> str:
    """Of the budget, for a drawing: "33.20%"; never more than all of it."""
    planned, spent = project.budget_planned, project.budget_spent
    return f"{min(100, 100 * (spent or 0) / planned):.2f}%" if planned else "0%"


@register.filter
def overspent(project: Project) -> str:
    """By how much more was spent than was planned; empty where it was not."""
    over = (project.budget_spent or 0) - (project.budget_planned or 0)
    return figure(over) if project.budget_planned is not None and over > 0 else ""


@register.filter
def left_to_spend(project: Project) -> int:
    return max(0, (project.budget_planned or 0) - (project.budget_spent or 0))
