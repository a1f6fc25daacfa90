"""News of a project, and who hears of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from common.pictures import Photo
from common.text import Words
from consultations.outcomes.events import project_news_published
from consultations.outcomes.models import Project, ProjectFollow, ProjectNews
from consultations.outcomes.services.project_refusals import NotPublic, PictureNotDescribed
from consultations.participation.rules import PICTURE_ALT
from consultations.participation.services.drafts import store_photo
from consultations.participation.services.writing import lock
from notifications.services.withdrawing import withdraw

TITLE, TEXT = Words(5, 120, one_line=True), Words(20, 3000)


def publish_news(
    *,
    project: Project,
    title: str,
    text: str,
    by: User,
    at: datetime,
    photo: Photo | None = None,
    picture_alt: str = "",
) -> ProjectNews:
    """Tell those who follow it. The very same words again: what is published is returned.

    Raises NotPublic, PictureNotDescribed, TextTooShort, TextTooLong.
    """
    title, text = TITLE.cleaned(title), TEXT.cleaned(text)
    alt = PICTURE_ALT.cleaned(picture_alt, optional=True)
    if photo is not None and not alt:
        raise PictureNotDescribed
    with transaction.atomic():
        lock(project)
        if project.published_at is None:
            raise NotPublic
        same = project.news.filter(title=title, text=text, is_hidden=False).first()
        if same is not None:
            return same
        news = ProjectNews.objects.create(
            project=project,
            title=title,
            text=text,
            picture=store_photo(photo, at=at) if photo is not None else None,
            picture_alt=alt if photo is not None else "",
            written_by=by,
            published_at=at,
        )
        project.last_said_at = at
        project.save(update_fields=["last_said_at"])
        record("project_news_published", actor=by, subject=project, news=news.pk, title=title)
        announce_later(project_news_published, news_id=news.pk)
    return news


def take_news_back(*, news: ProjectNews, by: User) -> None:
    """Nobody reads it any more, and it leaves notices and mails that wait. Again changes nothing."""
    with transaction.atomic():
        if ProjectNews.objects.filter(pk=news.pk, is_hidden=False).update(is_hidden=True):
            withdraw(ProjectNews, [news.pk])
            record("project_news_taken_back", actor=by, subject=news.project, news=news.pk)


def follow_project(*, project: Project, user: User, at: datetime) -> None:
    """Hear of each step. Again, or twice at once, changes nothing more. Raises NotPublic."""
    if project.published_at is None:
        raise NotPublic
    with transaction.atomic():
        _found, made = ProjectFollow.objects.get_or_create(project=project, user=user, defaults={"created_at": at})
        if made:
            Project.objects.filter(pk=project.pk).update(follower_count=F("follower_count") + 1)
            record("project_followed", actor=user, subject=project)


def unfollow_project(*, project: Project, user: User) -> None:
    """No longer hear of it. Again changes nothing."""
    with transaction.atomic():
        gone, _of_what = ProjectFollow.objects.filter(project=project, user=user).delete()
        if gone:
            Project.objects.filter(pk=project.pk).update(follower_count=F("follower_count") - 1)
            record("project_unfollowed", actor=user, subject=project)
