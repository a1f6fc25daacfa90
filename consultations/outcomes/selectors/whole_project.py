"""All that the page of a project shows: to everyone, and to the team before it is published."""

from datetime import date
from typing import Any

from consultations.outcomes.models import Project
from consultations.outcomes.selectors.lineage import lineage_of
from consultations.outcomes.selectors.lineage_drawing import drawing_of
from consultations.outcomes.selectors.projects import project_page


def whole_project(project: Project, *, today: date) -> dict[str, Any]:
    """By the names that its template knows. Eight queries, however much it comes from."""
    page, lineage = project_page(project, today=today), lineage_of(project)
    challenges = [leaf.proposal.challenge for leaf in lineage.leaves]
    return {
        "project": project,
        "page": page,
        "steps": page.steps,
        "lineage": lineage,
        "drawing": drawing_of(lineage),
        "themes": sorted({each.theme for each in challenges}),
        "challenges": list(dict.fromkeys(each.label for each in challenges)),
    }
