"""The engine knows no noun of the apps above it; what may not be muted reaches those who want no mail."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.abilities import SEE_DESK
from accounts.enums import Role
from accounts.models import User
from accounts.services import change_team_role, remove_from_team
from common.events import Event
from common.models import OutboxMessage
from common.outbox import run_message
from notifications import registry
from notifications.models import MailPreference, Notice
from notifications.selectors import all_notices
from notifications.services.choosing import choose_frequency, unsubscribe
from notifications.services.digests import plan_mail
from notifications.services.links import unsubscribing_link
from notifications.services.notifying import notify
from notifications.types import NoticeType, Notification, Words
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.notifications.factories import NoticeFactory
from tests.processes import ROOT

ENGINE = ROOT / "platform" / "notifications"


def test_the_engine_knows_no_noun_of_the_apps_above_it() -> None:
    """Neither their tables and models nor the names and keys of their notices. (What its pages say is words.)"""
    above = [config for config in apps.get_app_configs() if config.name.startswith(("consultations.", "onboarding"))]
    nouns = {config.label for config in above} - {"library"} | set(registry.subjects) | set(registry.types)
    nouns |= {model._meta.db_table for config in above for model in config.get_models()}
    nouns |= {model._meta.model_name or "" for config in above for model in config.get_models()} - {
        "source",
        "document",
        "case",  # of SQL
        "item",  # of any list
        "code",  # that signs somebody in
        "authority",  # in sentences, whom people agree to hear from
        "recipient",  # of any message
    }
    files = list(ENGINE.rglob("*.py"))
    assert len(files) > 20
    found = {
        (file.name, word)
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        for text in _names(node)
        for word in re.findall(r"[A-Za-z_]+", text)
        if word.lower() in {noun.lower() for noun in nouns}
    }
    # The links of messages that were sent when it was called so; the sentence that people agree to; a role of accounts.
    assert found <= {("links.py", "animation"), ("agreeing.py", "consultation"), ("selectors.py", "DELEGATE")}


def _names(node: ast.AST) -> Iterator[str]:
    for field in ("id", "attr", "name", "arg", "module", "value"):
        text = getattr(node, field, None)
        if isinstance(text, str):
            yield text


@pytest.fixture
def alarm(monkeypatch: pytest.MonkeyPatch) -> NoticeType:
    """A type that may not be muted."""
    made = NoticeType(
        "ALARM", "Alarm", 0, Event("alarm_rung"), lambda **kwargs: None,
        lambda about: Words("L’eau monte.", "Lire", "/"), (), may_be_muted=False,
    )  # fmt: skip
    monkeypatch.setitem(registry.types, made.key, made)
    return made


def ring(alarm: NoticeType, user: User, *, at: datetime, fact: str = "alarm:1") -> None:
    assert notify(alarm, Notification(fact=fact, group="1", recipients={user.pk: {}}), at=at) == 1


def deliver(mailoutbox: list[Any], *, at: datetime) -> list[str]:
    """The mails that leave until then."""
    mailoutbox.clear()
    while due := list(OutboxMessage.objects.filter(due_at__lte=at).order_by("due_at", "pk")):
        for message in due:
            assert run_message(str(message.pk), at=at), message.last_error
    return [mail.body for mail in mailoutbox]


def test_what_may_not_be_muted_is_mailed_to_whoever_wants_no_mail_and_nothing_else_is(
    in_saran: Municipality, alarm: NoticeType, mailoutbox: list[Any]
) -> None:
    user, now = UserFactory(), timezone.now()
    choose_frequency(user=user, frequency="NEVER", at=now)
    other = NoticeFactory(user=user)
    ring(alarm, user, at=now)
    (body,) = deliver(mailoutbox, at=now + timedelta(minutes=6))
    assert body.count("•") == 1
    assert "L’eau monte." in body
    assert "Vous avez choisi de ne plus recevoir nos courriels" in body
    assert "/desabonnement/" not in body
    other.refresh_from_db()
    assert other.mailed_at is None
    assert deliver(mailoutbox, at=now + timedelta(days=8)) == []


@pytest.mark.parametrize("frequency", ["WEEKLY", "DAILY"])
def test_what_may_not_be_muted_does_not_wait_for_the_day_that_was_chosen(
    in_saran: Municipality, alarm: NoticeType, mailoutbox: list[Any], frequency: str
) -> None:
    user, now = UserFactory(), timezone.now()
    choose_frequency(user=user, frequency=frequency, at=now)
    plan_mail([MailPreference.objects.get(user=user)], at=now)
    NoticeFactory(user=user)
    ring(alarm, user, at=now)
    (body,) = deliver(mailoutbox, at=now + timedelta(minutes=6))
    assert "L’eau monte." in body
    assert deliver(mailoutbox, at=now + timedelta(days=8)) == []


def test_neither_who_did_it_nor_who_has_left_is_notified(in_saran: Municipality, alarm: NoticeType) -> None:
    doer, gone, other = UserFactory(), UserFactory(is_active=False), UserFactory()
    recipients: dict[int, dict[str, Any]] = {each.pk: {} for each in (doer, gone, other)}
    fact = Notification(fact="alarm:1", group="1", recipients=recipients, actor_id=doer.pk)
    assert notify(alarm, fact, at=timezone.now()) == 1
    assert Notice.objects.get().user == other


@pytest.mark.parametrize("by_link", [False, True])
def test_muting_all_does_not_lose_what_waits_and_may_not_be_muted(
    in_saran: Municipality, alarm: NoticeType, mailoutbox: list[Any], by_link: bool
) -> None:
    user, now = UserFactory(), timezone.now()
    ring(alarm, user, at=now)
    NoticeFactory(user=user)
    if by_link:
        unsubscribe(token=unsubscribing_link(MailPreference.objects.get()).split("/")[2], at=now)
    else:
        choose_frequency(user=user, frequency="NEVER", at=now)
    (body,) = deliver(mailoutbox, at=now + timedelta(minutes=6))
    assert body.count("•") == 1
    assert "L’eau monte." in body


def test_a_notice_of_a_type_that_is_no_more_is_left_out(in_saran: Municipality, visit: Any) -> None:
    notice = NoticeFactory()
    Notice.objects.update(type="NEVERMORE")
    client = visit(in_saran, notice.user, stays=True)
    assert client.get("/nouvelles/").status_code == 200
    assert client.get(f"/nouvelles/{notice.pk}/").status_code == 404


# ── What is for a role ───────────────────────────────────────────────────────


def test_what_is_said_to_the_team_asks_an_ability() -> None:
    """The page of one's news names them so."""
    of_team = {each.key for each in registry.types.values() if str(each.label).startswith("De l’équipe")}
    assert of_team >= {"MARGIN_COMMENTED", "LINE_ASSIGNED"}
    assert of_team == {each.key for each in registry.types.values() if each.ability}


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.SERVICE])
def test_news_that_were_for_a_role_go_with_it_and_no_mail_says_them(
    in_saran: Municipality, alarm: NoticeType, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setitem(registry.types, alarm.key, replace(alarm, ability=SEE_DESK))
    alarm = registry.types[alarm.key]
    boss, user, now = able_administrator(), UserFactory(role=Role.FACILITATOR), timezone.now()
    ring(alarm, user, at=now)
    NoticeFactory(user=user)
    assert len(all_notices(user)) == 2
    if role == Role.PARTICIPANT:
        user = remove_from_team(member_id=user.pk, actor=boss, city=in_saran)
    else:
        user = change_team_role(member_id=user.pk, role=role, actor=boss, city=in_saran)
    assert [each.notice.type for each in all_notices(user)] == ["NEW_ARGUMENT"]  # before any worker comes by
    assert notify(alarm, Notification(fact="alarm:2", group="2", recipients={user.pk: {}}), at=now) == 0
    assert "L’eau monte." not in " ".join(deliver(mailoutbox, at=timezone.now() + timedelta(days=2)))
    user.refresh_from_db()
    assert (user.unread_notices, Notice.objects.filter(user=user).count()) == (1, 1)
