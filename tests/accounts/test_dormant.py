"""Accounts that nobody uses any more go after three years, a month after a mail that says so."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.dormant import UNVISITED_KEPT, WARNED_BEFORE, forget_dormant
from accounts.enums import Role
from accounts.erasure import ask_erasure, erase
from accounts.models import AuditEntry, User
from common.models import OutboxMessage
from common.retention import forget_what_is_over
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.tenants.test_lifecycle import put

DAY = timedelta(days=1)
WARNING = "Votre compte va être supprimé, Saran"


def mails_to(user: User) -> list[str]:
    sent = OutboxMessage.objects.filter(payload__to=user.email).order_by("pk")
    return [message.payload["subject"] for message in sent]


def resident(*, unused_for: timedelta, at: datetime, role: str = Role.PARTICIPANT) -> User:
    user: User = UserFactory(role=role, last_login=at - unused_for)  # type: ignore[assignment]
    return user


def test_a_mail_comes_a_month_before_once_then_the_account_goes(in_saran: Municipality) -> None:
    now = timezone.now()
    user = resident(unused_for=UNVISITED_KEPT - WARNED_BEFORE + DAY, at=now)
    early = resident(unused_for=UNVISITED_KEPT - WARNED_BEFORE - DAY, at=now)
    for night in range(3):
        assert forget_dormant(at=now + night * timedelta(hours=1)) == 0
    assert mails_to(user) == [WARNING]
    assert mails_to(early) == []
    assert forget_dormant(at=now + WARNED_BEFORE - timedelta(hours=1)) == 0
    later = now + WARNED_BEFORE + timedelta(hours=2)
    assert [forget_dormant(at=later), forget_dormant(at=later)] == [1, 0]
    asked = AuditEntry.objects.get(action="erasure_asked")
    assert (asked.actor, asked.details["unused"]) == (None, True)
    erase(user_id=user.pk, with_texts=False, unused=True)
    assert not User.objects.filter(pk=user.pk).exists()
    assert User.objects.get(pk=early.pk).is_active


def test_whoever_comes_back_after_the_mail_stays_and_is_warned_anew(in_saran: Municipality) -> None:
    now = timezone.now()
    user = resident(unused_for=UNVISITED_KEPT, at=now)
    forget_dormant(at=now)
    User.objects.filter(pk=user.pk).update(last_login=now + DAY)
    assert forget_dormant(at=now + WARNED_BEFORE + DAY) == 0
    assert User.objects.get(pk=user.pk).is_active
    forget_dormant(at=now + UNVISITED_KEPT)
    assert mails_to(user) == [WARNING] * 2


def test_nobody_goes_without_a_month_s_notice_however_long_ago_they_came(in_saran: Municipality) -> None:
    now = timezone.now()
    user = resident(unused_for=3 * UNVISITED_KEPT, at=now)
    assert [forget_dormant(at=now), forget_dormant(at=now + WARNED_BEFORE - DAY)] == [0, 0]
    assert User.objects.get(pk=user.pk).is_active


def test_who_signs_in_at_that_very_moment_stays(in_saran: Municipality) -> None:
    now = timezone.now()
    read = resident(unused_for=UNVISITED_KEPT, at=now)
    User.objects.filter(pk=read.pk).update(last_login=now)
    assert ask_erasure(user=read, with_texts=False, at=now, unused=True) is None
    assert User.objects.get(pk=read.pk).is_active


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.PARTICIPANT])
def test_the_team_is_the_city_s_to_remove(in_saran: Municipality, role: str) -> None:
    now = timezone.now()
    user = resident(unused_for=2 * UNVISITED_KEPT, at=now, role=role)
    forget_dormant(at=now)
    assert forget_dormant(at=now + 2 * WARNED_BEFORE) == 0
    assert mails_to(user) == []


@pytest.mark.parametrize("state", [LifecycleState.READ_ONLY, LifecycleState.CLOSED])
def test_it_goes_on_where_a_city_only_reads(saran: Municipality, state: LifecycleState) -> None:
    now = timezone.now()
    with schema_context(saran.schema_name):
        user = resident(unused_for=UNVISITED_KEPT, at=now)
    put(saran, state)
    with schema_context(saran.schema_name):
        gone = [
            forget_what_is_over(at=now + night, writes=False)["dormant accounts"]
            for night in (timedelta(0), WARNED_BEFORE)
        ]
        assert gone == [0, 1]
        assert mails_to(user) == [WARNING]
