"""Events of other apps become notices; what they delete takes its notices along.

Called by a worker, in the city of the fact, at least once (common.outbox.announce_later).
"""

from functools import partial
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.db.models.signals import post_delete
from django.utils import timezone

from accounts.events import role_changed
from accounts.models import User
from common.events import Event
from notifications.registry import subjects, types
from notifications.services.notifying import notify
from notifications.services.withdrawing import settle, withdraw, withdraw_what_is_not_for
from notifications.types import NoticeType


def connect() -> None:
    for notice_type in types.values():
        notice_type.event.connect(partial(_happened, notice_type), weak=False, dispatch_uid=f"notice {notice_type.key}")
        for event in notice_type.until.events if notice_type.until else ():
            name = f"notice {notice_type.key} until {event.name}"
            event.connect(partial(_may_be_settled, notice_type, event), weak=False, dispatch_uid=name)
    for subject in subjects.values():
        post_delete.connect(_deleted, sender=subject.model, dispatch_uid=f"notices of {subject.name}")
    role_changed.connect(_has_another_role, dispatch_uid="notices of a role")


def _happened(notice_type: NoticeType, sender: object, signal: object, **payload: Any) -> None:
    try:
        notification = notice_type.notification(**payload)
    except ObjectDoesNotExist:  # it is gone, or hidden, meanwhile
        return
    if notification is not None:
        notify(notice_type, notification, at=timezone.now())


def _may_be_settled(notice_type: NoticeType, event: Event, sender: object, signal: object, **payload: Any) -> None:
    assert notice_type.until is not None
    settle(notice_type, notice_type.until.events[event](**payload))


def _deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    withdraw(sender, [instance.pk])


def _has_another_role(sender: object, signal: object, user_id: int, **payload: Any) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        withdraw_what_is_not_for(user)
