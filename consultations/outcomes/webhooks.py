"""What other sites are told of answers and projects (webhooks.registry)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.outcomes import events
from consultations.outcomes.models import AnswerVersion, Milestone, Project, ProjectNews, StateChange
from consultations.participation.webhooks import about_proposal, published_proposal
from webhooks.registry import Fact, kind, tells

ANSWER = kind("answer.published", _("The authority’s answer to a proposal is published, or changed"), order=90)
PROJECT = kind("project.published", _("A project is published"), order=100)
MOVED = kind("project.moved", _("A project is decided, begins, is done or is given up"), order=110)
NEWS = kind("project.news_published", _("News of a project is published"), order=120)
MILESTONE = kind("project.milestone_reached", _("A project reaches a step"), order=130)


@tells(ANSWER, events.answer_published)
def _answered(version_id: int, **kwargs: Any) -> Fact | None:
    version = AnswerVersion.objects.select_related("answer").get(pk=version_id, is_hidden=False)
    if version.answer.current_id != version.pk:
        return None
    proposal = published_proposal(version.answer.proposal_id)
    return about_proposal(proposal, answer_id=version.answer_id, version=version.number, decision=version.decision)


def _about_project(project_id: int, **more: Any) -> Fact:
    project = Project.objects.exclude(published_at=None).select_related("consultation").get(pk=project_id)
    data = {"project_id": project.pk, "consultation": project.consultation.slug, "state": project.state}
    return Fact(project.get_absolute_url(), {**data, **more})


@tells(PROJECT, events.project_published)
def _published(project_id: int, **kwargs: Any) -> Fact:
    return _about_project(project_id)


@tells(MOVED, events.project_moved)
def _moved(change_id: int, **kwargs: Any) -> Fact:
    change = StateChange.objects.get(pk=change_id)
    return _about_project(change.project_id, state=change.state)


@tells(NEWS, events.project_news_published)
def _news(news_id: int, **kwargs: Any) -> Fact:
    news = ProjectNews.objects.get(pk=news_id, is_hidden=False)
    return _about_project(news.project_id, news_id=news.pk)


@tells(MILESTONE, events.milestone_reached)
def _reached(milestone_id: int, **kwargs: Any) -> Fact:
    milestone = Milestone.objects.get(pk=milestone_id)
    return _about_project(milestone.project_id, milestone_id=milestone.pk)
