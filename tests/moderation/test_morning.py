"""Mails to those who decide: on working mornings while something waits, at once for what is grave, without a word of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.tasks import send_mail
from common.outbox import messages_of
from consultations.moderation.enums import Act
from consultations.moderation.services.morning import (
    next_morning,
    send_worklists,
    tell_at_once,
    write_in_the_morning,
)
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator, reported
from tests.moderation.test_reporting import ILLEGAL
from tests.participation.factories import ArgumentFactory

pytestmark = [pytest.mark.usefixtures("in_saran"), pytest.mark.dates]
SECRET = "Des mots que personne ne doit lire dans un courriel."


def mails() -> list[dict[str, Any]]:
    return [message.payload for message in messages_of(send_mail).order_by("pk")]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-10-06 07:59", "2026-10-06 08:00"),
        ("2026-10-06 08:00", "2026-10-07 08:00"),
        ("2026-10-09 17:00", "2026-10-12 08:00"),  # Friday
        ("2026-10-10 07:00", "2026-10-12 08:00"),  # Saturday
        ("2026-10-23 17:00", "2026-10-26 08:00"),  # over the change of the hour
    ],
)
def test_the_next_working_morning_is_that_of_the_city(in_saran: Municipality, now: str, then: str) -> None:
    zone = ZoneInfo(in_saran.time_zone)
    at, due = (datetime.fromisoformat(each).replace(tzinfo=zone) for each in (now, then))
    assert next_morning(at.astimezone(UTC)) == due


def test_what_begins_to_wait_is_written_about_once_the_next_morning_and_until_nothing_waits() -> None:
    judge = moderator(last_login=timezone.now())
    cases = [reported(ArgumentFactory(text=SECRET + str(number)), words=SECRET) for number in range(2)]
    planned = messages_of(write_in_the_morning)
    assert planned.count() == 1
    due = planned.get().due_at
    assert due is not None
    planned.all().delete()  # as its run does
    write_in_the_morning(due=due.isoformat())
    (mail,) = mails()
    assert mail["to"] == judge.email
    for case in cases:
        assert f"/gestion/moderation/{case.pk}/" in mail["body"]
    assert SECRET not in str(mail)
    assert planned.get().due_at > due
    for case in cases:
        decided(case, Act.KEEP)
    planned.all().delete()
    assert send_worklists(at=due + timedelta(days=1)) == 0
    assert not planned.exists()


def test_only_those_who_decide_and_have_come_in_are_written_to() -> None:
    reported(ArgumentFactory())
    reached = moderator(last_login=timezone.now())
    moderator(last_login=None, public_name="")
    moderator(is_active=False)
    for role in (Role.ADMINISTRATOR, Role.FACILITATOR, Role.OBSERVER):
        UserFactory(role=role)
    send_worklists(at=timezone.now())
    assert [mail["to"] for mail in mails()] == [reached.email]


@pytest.mark.parametrize(
    ("given", "told"),
    [({}, True), ({"about_children": True, "name": "", "email": ""}, True), ({"reason": "INSULT"}, False)],
)
def test_what_is_grave_is_told_at_once_without_its_words_or_who_reports(given: dict[str, Any], told: bool) -> None:
    judge = moderator(last_login=timezone.now())
    case = reported(ArgumentFactory(text=SECRET), **{**ILLEGAL, **given})
    messages_of(send_mail).delete()  # to whoever reported: that it is received
    tell_at_once(report_id=case.reports.get().pk)
    assert [mail["to"] for mail in mails()] == ([judge.email] if told else [])
    for mail in mails():
        assert f"/gestion/moderation/{case.pk}/" in mail["body"]
        for hidden in (SECRET, ILLEGAL["words"], ILLEGAL["name"], ILLEGAL["email"]):
            assert str(hidden) not in str(mail)


def test_whoever_was_a_moderator_hears_nothing_more() -> None:
    judge = moderator(last_login=timezone.now())
    reported(ArgumentFactory())
    User.objects.filter(pk=judge.pk).update(role=Role.OBSERVER)
    assert send_worklists(at=timezone.now()) == 0
