"""What is hidden or removed leaves everybody's notices, and so the messages that wait: they are composed when sent."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from accounts.models import User
from notifications.models import MailPreference, Notice
from notifications.registry import not_for, subject_of
from notifications.services.counting import count_unread
from notifications.types import Key, NoticeType


def withdraw(model: type[Model], keys: Iterable[Any], *, itself_only: bool = False) -> int:
    """Take these rows of a registered model out of all notices; how many were touched.

    Call it in the transaction that hides or removes them; deleted rows have it called for them. What shows them again
    is a new fact. Notices about them go. Where one is a fact among several, the others are still announced.
    `itself_only`: what others have added to it stays, and is still news; only that it is there is no longer any.
    """
    subject = subject_of(model)
    wanted: list[Key] = [key if isinstance(key, int) else str(key) for key in keys]
    facts = {subject.reference(key) for key in wanted}
    found = Q(pk=None)
    for key in wanted:
        found |= Q(facts__contains=[subject.reference(key)])
        if not itself_only:
            found |= Q(subjects__contains={subject.name: key})
    recipients = sorted(set(Notice.objects.filter(found).order_by().values_list("user_id", flat=True)))
    if not recipients:
        return 0
    with transaction.atomic():
        lock_preferences(recipients)
        notices = list(
            Notice.objects.filter(found).order_by("user_id", "pk").select_for_update(of=("self",), no_key=True)
        )
        gone, left = [], []
        for notice in notices:
            announced = [fact for fact in notice.facts if fact in facts]
            is_about_it = not itself_only and notice.subjects.get(subject.name) in wanted
            if is_about_it or notice.count <= len(announced):
                gone.append(notice.pk)
                continue
            notice.count -= len(announced)
            notice.facts = [fact for fact in notice.facts if fact not in facts]
            # Which of those left was the last is not known.
            notice.actor = None
            if notice.data.get(subject.name) in wanted:
                del notice.data[subject.name]
            left.append(notice)
        remove(Notice.objects.filter(pk__in=gone))
        Notice.objects.bulk_update(left, ["count", "facts", "actor", "data"])
    return len(notices)


def settle(notice_type: NoticeType, keys: Iterable[Key]) -> int:
    """Take these rows out of the notices of a type, of whom they ask nothing any more (Until); how many were touched.

    One that asks for several is left with the others.
    """
    subject, wanted = notice_type.subjects[0], list(keys)
    if notice_type.until is None or not wanted:
        return 0
    references = {subject.reference(key): key for key in wanted}
    found = Q(pk=None)
    for reference in references:
        found |= Q(facts__contains=[reference])
    found &= Q(type=notice_type.key)
    recipients = sorted(set(Notice.objects.filter(found).order_by().values_list("user_id", flat=True)))
    if not recipients:
        return 0
    with transaction.atomic():
        lock_preferences(recipients)
        holds = notice_type.until.holds(wanted)
        rows = Notice.objects.filter(found).order_by("user_id", "pk").select_for_update(of=("self",), no_key=True)
        gone, left = [], []
        for notice in rows:
            facts = [
                fact for fact in notice.facts if fact not in references or (references[fact], notice.user_id) in holds
            ]
            if not facts:
                gone.append(notice.pk)
            elif len(facts) < len(notice.facts):
                notice.count -= len(notice.facts) - len(facts)
                notice.facts = facts
                key = facts[-1].partition(":")[2]
                notice.subjects[subject.name] = int(key) if key.isdigit() else key
                left.append(notice)
        remove(Notice.objects.filter(pk__in=gone))
        Notice.objects.bulk_update(left, ["count", "facts", "subjects"])
    return len(gone) + len(left)


def withdraw_what_is_not_for(user: User) -> None:
    """After a change of role: such notices are no longer shown already, and now no longer counted."""
    with transaction.atomic():
        lock_preferences([user.pk])
        found = user.notices.filter(type__in=not_for(user)).order_by("pk")
        remove(Notice.objects.filter(pk__in=[each.pk for each in found.select_for_update(of=("self",), no_key=True)]))


def remove(notices: QuerySet[Notice]) -> None:
    """Delete these, which are locked, and count for those who had not read them."""
    unread = Counter(notices.filter(read_at=None).order_by().values_list("user_id", flat=True))
    notices.delete()
    count_unread({user_id: -number for user_id, number in unread.items()})


def lock_preferences(user_ids: Iterable[int]) -> dict[int, MailPreference]:
    """By person, until the end of the transaction. Before any notice, and in one order, as everybody does."""
    rows = MailPreference.objects.filter(user_id__in=user_ids).order_by("pk")
    return {preference.pk: preference for preference in rows.select_for_update(of=("self",), no_key=True)}
