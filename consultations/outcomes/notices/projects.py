"""What people are notified of: projects that are published, move, give news, reach a step.

Who hears of a fact is decided here and nowhere else; the actor never does.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from common.templatetags.ui import figure
from consultations.outcomes import events
from consultations.outcomes.models import Milestone, Project, ProjectFollow, ProjectNews, StateChange
from consultations.outcomes.services.projects import sources_of
from consultations.participation.enums import ReactionValue
from consultations.participation.models import Reaction
from notifications.registry import notice_type, subject
from notifications.types import About, Key, Notification, Words

# ── Projects: to those who follow them ────────────────────────────────────────


def _projects(user: User) -> QuerySet[Project]:
    return Project.objects.only("title", "slug", "state", "published_at")


def _news(user: User) -> QuerySet[ProjectNews]:
    return ProjectNews.objects.only("title", "project_id", "is_hidden")


PROJECT = subject("project", Project, read=_projects)
NEWS = subject("project_news", ProjectNews, read=_news)
MILESTONE = subject("milestone", Milestone, read=lambda user: Milestone.objects.only("title"))


def _followers(project_id: int, **more: Key) -> dict[int, dict[str, Key | None]]:
    people = ProjectFollow.objects.filter(project=project_id).order_by("pk").values_list("user_id", flat=True)
    return {person: {"project": project_id, **more} for person in people}


def _to(project: Project, words: str, action: str, place: str = "") -> Words:
    return Words(words, action, f"{project.get_absolute_url()}{place}")


def _published(project_id: int, actor_id: int | None = None, **kwargs: Any) -> Notification:
    """And, this once, those who support the proposals that it comes from: they may follow it from there."""
    project = Project.objects.exclude(published_at=None).get(pk=project_id)
    liked = Reaction.objects.filter(proposal__in=sources_of(project), value=ReactionValue.LIKE)
    supporters = liked.order_by("user_id").values_list("user_id", flat=True)
    recipients = {person: {"project": project_id} for person in supporters} | _followers(project_id)
    return Notification(PROJECT.reference(project_id), str(project_id), recipients, actor_id)


@notice_type(
    "PROJECT_PUBLISHED",
    gettext_lazy("A proposal that you wrote, support or follow becomes a project"),
    weight=13,
    event=events.project_published,
    notification=_published,
    subjects=(PROJECT,),
)
def _project_published(about: About) -> Words:
    project = about["project"]
    sentence = _("A proposal that matters to you becomes a project: “%(title)s”.") % {"title": project.title}
    return _to(project, sentence, _("See the project"))


def _moved(change_id: int, actor_id: int | None = None, **kwargs: Any) -> Notification:
    change = StateChange.objects.get(pk=change_id)
    return Notification(f"project_change:{change.pk}", str(change.project_id), _followers(change.project_id), actor_id)


@notice_type(
    "PROJECT_MOVED",
    gettext_lazy("A project that you follow is decided, begins, is done or is given up"),
    weight=14,
    event=events.project_moved,
    notification=_moved,
    subjects=(PROJECT,),
)
def _project_moved(about: About) -> Words:
    project = about["project"]
    said = {"title": project.title, "state": project.get_state_display().lower()}
    return _to(project, _("“%(title)s” now stands here: %(state)s.") % said, _("See the project"))


def _told(news_id: int, **kwargs: Any) -> Notification:
    news = ProjectNews.objects.get(pk=news_id, is_hidden=False)
    recipients = _followers(news.project_id, project_news=news.pk)
    return Notification(NEWS.reference(news.pk), str(news.project_id), recipients, news.written_by_id)


@notice_type(
    "PROJECT_NEWS",
    gettext_lazy("News of a project that you follow"),
    weight=51,
    event=events.project_news_published,
    notification=_told,
    subjects=(PROJECT,),
)
def _project_news(about: About) -> Words:
    project, news = about["project"], about["project_news"]
    said = {"title": project.title, "count": figure(about.count)}
    if about.count == 1 and news and not news.is_hidden:
        sentence = _("News of “%(title)s”: %(news)s") % {**said, "news": news.title}
    else:
        sentence = ngettext("News of “%(title)s”.", "%(count)s pieces of news of “%(title)s”.", about.count) % said
    return _to(project, sentence, _("Read the news"), "#nouvelles")


def _reached(milestone_id: int, actor_id: int | None = None, **kwargs: Any) -> Notification:
    milestone = Milestone.objects.get(pk=milestone_id, done_on__isnull=False)
    recipients = _followers(milestone.project_id, milestone=milestone.pk)
    return Notification(MILESTONE.reference(milestone.pk), str(milestone.project_id), recipients, actor_id)


@notice_type(
    "MILESTONE_REACHED",
    gettext_lazy("A step of a project that you follow is done"),
    weight=48,
    event=events.milestone_reached,
    notification=_reached,
    subjects=(PROJECT,),
)
def _milestone_reached(about: About) -> Words:
    project, milestone = about["project"], about["milestone"]
    said = {"title": project.title, "count": figure(about.count), "step": milestone.title if milestone else ""}
    if about.count == 1 and milestone:
        sentence = _("“%(title)s” has done a step: %(step)s.") % said
    else:
        sentence = ngettext("“%(title)s” has done a step.", "“%(title)s” has done %(count)s steps.", about.count) % said
    return _to(project, sentence, _("See the project"))
