"""Who hears of projects: once, grouped, and not of what was taken back."""

from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from consultations.outcomes import events
from consultations.outcomes.enums import ProjectState
from consultations.outcomes.models import ProjectFollow
from consultations.outcomes.services.milestones import reach_milestone
from consultations.outcomes.services.project_news import publish_news, take_news_back
from consultations.outcomes.services.projects import change_state, publish_project
from consultations.participation.models import Follow, Reaction
from notifications.models import Notice
from notifications.registry import types
from notifications.selectors import all_notices
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.project_factories import SUMMARY, MilestoneFactory, ProjectFactory, accepted, project_from
from tests.participation.test_notices import announce, notified

NOW = timezone.now


def followed(**kwargs: Any) -> tuple[Any, User]:
    project, reader = ProjectFactory(**kwargs), UserFactory()
    ProjectFollow.objects.create(project=project, user=reader)
    return project, reader


def test_whoever_wrote_supports_or_follows_hears_once_that_it_became_a_project(in_saran: Municipality) -> None:
    proposal, by = accepted(), UserFactory(role=Role.FACILITATOR)
    fan, foe, both = UserFactory(), UserFactory(), UserFactory()
    for user, value in ((fan, "LIKE"), (foe, "DISLIKE"), (both, "LIKE"), (by, "LIKE")):
        Reaction.objects.create(user=user, proposal=proposal, value=value)
    Follow.objects.create(user=both, proposal=proposal)
    project = project_from(proposal, published_at=None, last_said_at=None)
    publish_project(project=project, by=by, at=NOW())
    announce(events.project_published, project_id=project.pk, actor_id=by.pk)
    assert set(notified("PROJECT_PUBLISHED")) == {proposal.author, fan, both}
    assert len(notified("PROJECT_PUBLISHED")) == 3


def test_news_are_grouped_and_leave_once_they_are_taken_back(in_saran: Municipality) -> None:
    project, reader = followed()
    by = UserFactory(role=Role.FACILITATOR)
    for title in ("On plantera en novembre", "La fontaine arrive"):
        news = publish_news(project=project, title=title, text=SUMMARY, by=by, at=NOW())
        announce(events.project_news_published, news_id=news.pk)
    notice = Notice.objects.get(user=reader)
    assert notice.count == 2
    take_news_back(news=news, by=by)
    notice.refresh_from_db()
    assert notice.count == 1
    take_news_back(news=project.news.get(title="On plantera en novembre"), by=by)
    assert not Notice.objects.filter(user=reader).exists()


def test_a_new_state_and_a_step_are_told_in_words(in_saran: Municipality) -> None:
    project, reader = followed(title="Les Aydes au frais")
    by = UserFactory(role=Role.FACILITATOR)
    change_state(project=project, state=ProjectState.UNDERWAY, reason="", revision=0, by=by, at=NOW())
    announce(events.project_moved, change_id=project.changes.get().pk, actor_id=by.pk)
    step = MilestoneFactory(project=project, title="Plan choisi")
    reach_milestone(milestone=step, done_on=timezone.localdate(), by=by, at=NOW())
    announce(events.milestone_reached, milestone_id=step.pk, actor_id=by.pk)
    said = {each.words.sentence.replace("\xa0", " ") for each in all_notices(reader)}
    assert said == {
        "« Les Aydes au frais » : le projet est maintenant en cours.",
        "« Les Aydes au frais » avance. Étape terminée : Plan choisi.",
    }


def test_all_of_them_may_be_muted(in_saran: Municipality) -> None:
    ours = ("PROJECT_PUBLISHED", "PROJECT_MOVED", "PROJECT_NEWS", "MILESTONE_REACHED")
    assert all(types[key].may_be_muted for key in ours)
