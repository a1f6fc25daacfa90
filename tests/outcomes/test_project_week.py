"""What the week asks of who runs projects."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from consultations.outcomes.models import Project
from tenants.models import Municipality
from tests.outcomes.project_factories import MilestoneFactory, ProjectFactory, accepted, project_from
from tests.portal.test_week import kinds

TODAY = timezone.localdate
OURS = {"outcomes.silent", "outcomes.late_steps", "outcomes.no_project"}


def ours(city: Municipality) -> set[str]:
    return OURS & set(kinds(city))


def long_ago(**kwargs: Any) -> Project:
    return ProjectFactory(published_at=timezone.now() - timedelta(days=61), **kwargs)  # type: ignore[return-value]


def test_it_asks_for_news_of_what_nothing_was_said_of_for_sixty_days(in_saran: Municipality) -> None:
    ProjectFactory(published_at=timezone.now() - timedelta(days=59))
    long_ago(state="DONE")
    long_ago(state="ABANDONED")
    ProjectFactory(prepared=True)
    assert ours(in_saran) == set()
    long_ago()
    assert ours(in_saran) == {"outcomes.silent"}


def test_it_asks_where_a_step_stands_once_its_day_is_over(in_saran: Municipality) -> None:
    MilestoneFactory(planned_on=TODAY())
    over = TODAY() - timedelta(days=1)
    MilestoneFactory(planned_on=over, done_on=over)
    MilestoneFactory(planned_on=over, project=ProjectFactory(prepared=True))
    MilestoneFactory(planned_on=over, project=ProjectFactory(state="ABANDONED"))
    assert ours(in_saran) == set()
    MilestoneFactory(planned_on=over)
    assert ours(in_saran) == {"outcomes.late_steps"}


def test_it_counts_accepted_proposals_that_nobody_made_a_project_of(in_saran: Municipality) -> None:
    project_from(accepted())
    assert ours(in_saran) == set()
    accepted()
    assert ours(in_saran) == {"outcomes.no_project"}
