"""The steps of a project: planned, put off with why, done."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from common.text import Words
from consultations.outcomes.events import milestone_reached
from consultations.outcomes.models import Milestone, Project
from consultations.outcomes.services.project_refusals import (
    BeforeDecision,
    DayRefused,
    PublishedAlready,
    TooManySteps,
    WhyMissing,
)
from consultations.outcomes.services.projects import check_day
from consultations.participation.services.writing import lock

STEP, WHY = Words(3, 120, one_line=True), Words(10, 300, one_line=True)
MAX = 20


def add_milestone(*, project: Project, title: str, planned_on: date, by: User) -> Milestone:
    """Plan a step. The very same one again: it is returned.

    Raises TextTooShort, TextTooLong, DayRefused, BeforeConsultation, BeforeDecision, TooManySteps.
    """
    title = STEP.cleaned(title)
    with transaction.atomic():
        lock(project)
        _check(project, planned_on)
        same = project.milestones.filter(title=title, planned_on=planned_on).first()
        if same is not None:
            return same
        if project.milestones.count() >= MAX:
            raise TooManySteps
        milestone = Milestone.objects.create(project=project, title=title, planned_on=planned_on)
        record("milestone_changed", actor=by, subject=project, milestone=milestone.pk)
    return milestone


def move_milestone(*, milestone: Milestone, planned_on: date, why: str, by: User, at: datetime) -> Milestone:
    """Plan it for another day. Once the project is public the day that was announced first stays beside it, with why.

    Raises WhyMissing for a later day that was not explained, TextTooShort, TextTooLong, DayRefused,
    BeforeConsultation, BeforeDecision.
    """
    why = WHY.cleaned(why, optional=True)
    with transaction.atomic():
        project = _locked(milestone)
        _check(project, planned_on)
        if milestone.planned_on == planned_on and milestone.late_why == why:
            return milestone
        if project.published_at is not None:
            if not why and planned_on > (milestone.first_planned_on or milestone.planned_on):
                raise WhyMissing
            announced = milestone.first_planned_on or milestone.planned_on
            milestone.first_planned_on = announced if announced != planned_on else None
            milestone.late_why = why if milestone.first_planned_on else ""
            Project.objects.filter(pk=project.pk).update(last_said_at=at)
        milestone.planned_on = planned_on
        milestone.save()
        record("milestone_changed", actor=by, subject=project, milestone=milestone.pk)
    return milestone


def reach_milestone(*, milestone: Milestone, done_on: date, by: User, at: datetime) -> Milestone:
    """Say that it is done, and since when. Again changes nothing but the day.

    Raises DayRefused, BeforeConsultation, BeforeDecision.
    """
    with transaction.atomic():
        project = _locked(milestone)
        _check(project, done_on)
        if done_on > timezone.localtime(at).date():
            raise DayRefused
        if milestone.done_on == done_on:
            return milestone
        is_new, milestone.done_on = milestone.done_on is None, done_on
        milestone.save(update_fields=["done_on"])
        record("milestone_changed", actor=by, subject=project, milestone=milestone.pk)
        if is_new and project.published_at is not None:
            Project.objects.filter(pk=project.pk).update(last_said_at=at)
            announce_later(milestone_reached, milestone_id=milestone.pk, actor_id=by.pk)
    return milestone


def reopen_milestone(*, milestone: Milestone, by: User) -> Milestone:
    """It was not done after all. Again changes nothing."""
    with transaction.atomic():
        project = _locked(milestone)
        if milestone.done_on is not None:
            milestone.done_on = None
            milestone.save(update_fields=["done_on"])
            record("milestone_changed", actor=by, subject=project, milestone=milestone.pk)
    return milestone


def remove_milestone(*, milestone: Milestone, by: User) -> None:
    """Of a project that nobody has read yet. Raises PublishedAlready."""
    with transaction.atomic():
        project = _locked(milestone)
        if project.published_at is not None:
            raise PublishedAlready
        record("milestone_changed", actor=by, subject=project, milestone=milestone.pk)
        milestone.delete()


def _check(project: Project, day: date) -> None:
    check_day(day, project.consultation)
    if project.decided_on and day < project.decided_on:
        raise BeforeDecision


def _locked(milestone: Milestone) -> Project:
    project = milestone.project
    lock(project)
    lock(milestone)
    return project
