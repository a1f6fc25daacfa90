"""Lines of the week are given to somebody, put off, done by hand; and taken up again."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from accounts.services import change_team_role
from common import retention
from common.refusals import Refusal
from common.worklist import lines_of
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import every_consultation
from consultations.portal.events import line_assigned
from consultations.portal.models import WorkItem
from consultations.portal.selectors.week import Week, asked_of, week_of
from consultations.portal.services.refusals import (
    CannotDoIt,
    CannotWait,
    DoneByItself,
    LineGone,
    NoSuchDay,
    NotTheirs,
    TakenMeanwhile,
)
from consultations.portal.services.week import assign_line, finish_line, put_off_line, resume_line
from notifications.models import Notice
from notifications.selectors import all_notices
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import reported
from tests.participation.factories import ArgumentFactory, ProposalFactory


class World:
    """The team of Saran, its consultation, and the lines that its week has: one of each way."""

    def __init__(self, city: Municipality) -> None:
        self.city, self.at = city, timezone.now()
        Consultation.objects.update(moderated_by="MODERATORS", proposal_count=3)
        Phase.objects.filter(kind=PhaseKind.PROPOSE).update(closes_at=self.at + timedelta(days=5))
        self.late = reported(ArgumentFactory())
        self.late.due_at = self.at - timedelta(hours=1)
        self.late.save()
        ProposalFactory(author__is_active=False)
        self.facilitator, self.other, self.moderator, self.observer, self.service = (
            UserFactory(role=role)
            for role in (Role.FACILITATOR, Role.FACILITATOR, Role.MODERATOR, Role.OBSERVER, Role.SERVICE)
        )

    @property
    def consultation(self) -> Consultation:
        return every_consultation().get()

    def key(self, kind: str) -> str:
        found = lines_of(asked_of(self.consultation, city=self.city, at=self.at))
        return next(line.key for line in found if line.kind == kind)

    def do(self, service: Callable[..., WorkItem], kind: str, actor: User, **given: Any) -> WorkItem:
        asked = {"consultation": self.consultation, "key": self.key(kind), "city": self.city, "at": self.at}
        return service(**{**asked, "actor": actor, **given})

    def assign(self, kind: str, to: User | None, *, actor: User, seen: User | None = None) -> WorkItem:
        return self.do(assign_line, kind, actor, to=to, seen=seen.pk if seen else None)

    def week(self, user: User, at: datetime | None = None) -> Week:
        return week_of(self.consultation, user=user, city=self.city, at=at or self.at)

    def kinds(self, at: datetime | None = None) -> list[str]:
        return [row.line.kind for row in self.week(self.facilitator, at).rows]


ALONE, ENDS, TEXTS = "cocreation.alone", "framing.ends", "moderation.texts"


@pytest.fixture
def world(in_saran: Municipality) -> World:
    return World(in_saran)


def test_whoever_is_given_a_line_is_notified_and_has_it(world: World) -> None:
    world.assign(ALONE, world.other, actor=world.facilitator)
    world.assign(ALONE, world.other, actor=world.facilitator, seen=world.other)  # twice is once
    assert AuditEntry.objects.filter(action="line_assigned").count() == 1
    assert [row.line.kind for row in world.week(world.other).mine] == [ALONE]
    for _unused in range(2):  # an event may come twice
        line_assigned.send(None, item_id=WorkItem.objects.get().pk, actor_id=world.facilitator.pk)
    assert list(Notice.objects.values_list("user", "type")) == [(world.other.pk, "LINE_ASSIGNED")]


def test_the_second_of_two_who_take_a_line_reads_who_has_it(world: World) -> None:
    world.assign(ALONE, world.other, actor=world.other)
    with pytest.raises(TakenMeanwhile, match="line_taken_meanwhile") as refusal:
        world.assign(ALONE, world.facilitator, actor=world.facilitator)
    assert world.other.public_name in refusal.value.message
    world.assign(ALONE, None, actor=world.other, seen=world.other)
    with pytest.raises(TakenMeanwhile):
        world.assign(ALONE, world.facilitator, actor=world.facilitator, seen=world.other)


def test_only_who_may_do_it_is_given_a_line(world: World) -> None:
    for person in (world.facilitator, world.observer, world.service):
        with pytest.raises(CannotDoIt):
            world.assign(TEXTS, person, actor=world.facilitator)
    world.assign(TEXTS, world.moderator, actor=world.facilitator)
    world.assign(ENDS, world.service, actor=world.facilitator)
    world.moderator.is_active = False
    world.moderator.save()
    text = next(row for row in world.week(world.facilitator).rows if row.line.kind == TEXTS)
    assert text.holder is None


def test_who_may_not_do_it_and_shares_nothing_out_changes_nothing(world: World) -> None:
    for service, given in ((assign_line, {"to": None, "seen": None}), (put_off_line, {"until": "lundi"})):
        with pytest.raises(NotTheirs):
            world.do(service, ALONE, world.observer, **given)
    with pytest.raises(NotTheirs):
        world.do(finish_line, ENDS, world.moderator)
    assert not WorkItem.objects.exists()


def test_what_is_put_off_comes_back_on_its_day(world: World) -> None:
    item = world.do(put_off_line, ALONE, world.facilitator, until="demain")
    assert item.until == timezone.localdate(world.at) + timedelta(days=1)
    assert ALONE not in world.kinds()
    assert [row.line.kind for row in world.week(world.facilitator).later] == [ALONE]
    assert ALONE in world.kinds(world.at + timedelta(days=1))
    world.do(resume_line, ALONE, world.facilitator)
    assert ALONE in world.kinds()


def test_monday_is_the_next_one(world: World) -> None:
    item = world.do(put_off_line, ALONE, world.facilitator, until="lundi")
    assert item.until is not None
    assert item.until.weekday() == 0
    assert 0 < (item.until - timezone.localdate(world.at)).days <= 7


@pytest.mark.parametrize("until", ["9999-12-31", "0000-00-00", "hier", ""])
def test_a_day_that_is_not_offered_is_refused(world: World, until: str) -> None:
    with pytest.raises(NoSuchDay, match="line_no_such_day"):
        world.do(put_off_line, ALONE, world.facilitator, until=until)
    assert not WorkItem.objects.exclude(until=None).exists()


@pytest.mark.parametrize(("day", "is_offered"), [("2026-11-28", True), ("2026-11-29", False)])
def test_on_a_sunday_monday_is_tomorrow_and_offered_once(
    world: World, monkeypatch: pytest.MonkeyPatch, day: str, is_offered: bool
) -> None:
    class _Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=tz)

    monkeypatch.setattr("django.template.defaulttags.datetime", _Then)
    week = world.week(world.facilitator)
    shown = render_to_string(
        "portal/backoffice/_later.html", {"row": week.rows[-1], "consultation": world.consultation, "csrf_token": "x"}
    )
    assert ('value="lundi"' in shown) is is_offered


def test_the_notice_says_what_became_of_the_line(world: World) -> None:
    def told() -> str:
        (notice,) = all_notices(world.other)
        return notice.words.sentence

    world.assign(ENDS, world.other, actor=world.facilitator)
    line_assigned.send(None, item_id=WorkItem.objects.get().pk, actor_id=world.facilitator.pk)
    world.assign(ENDS, None, actor=world.facilitator, seen=world.other)
    assert "rendu" in told()
    world.assign(ENDS, world.facilitator, actor=world.facilitator)
    assert "Quelqu’un d’autre s’en occupe" in told()
    world.do(finish_line, ENDS, world.facilitator)
    assert told().endswith("C’est fait.")


def test_what_got_worse_comes_back_before_its_day(world: World) -> None:
    world.do(put_off_line, ALONE, world.facilitator, until="semaine")
    ProposalFactory(author__is_active=False)
    assert ALONE in world.kinds()  # two where there was one
    world.do(put_off_line, ENDS, world.facilitator, until="semaine")
    assert ENDS not in world.kinds()
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(closes_at=world.at + timedelta(days=5))
    assert ENDS in world.kinds(world.at + timedelta(days=4, hours=1))


def test_what_presses_cannot_wait_and_what_shows_by_itself_is_not_marked(world: World) -> None:
    with pytest.raises(CannotWait):
        world.do(put_off_line, TEXTS, world.moderator, until="demain")
    with pytest.raises(DoneByItself):
        world.do(finish_line, ALONE, world.facilitator)
    key = world.key(ALONE).replace("alone", "gone")
    with pytest.raises(LineGone):
        world.do(finish_line, ALONE, world.facilitator, key=key)


def test_what_is_done_by_hand_is_undone_too(world: World) -> None:
    world.do(finish_line, ENDS, world.facilitator)
    world.do(finish_line, ENDS, world.other)  # once
    week = world.week(world.other)
    assert [(item.handled_by, undoable) for item, undoable in week.done] == [(world.facilitator, True)]
    assert ENDS not in world.kinds()
    world.do(resume_line, ENDS, world.other)
    assert ENDS in world.kinds()


def test_another_date_is_another_line(world: World) -> None:
    world.do(finish_line, ENDS, world.facilitator)
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(closes_at=world.at + timedelta(days=6))
    assert ENDS in world.kinds()


def test_a_service_reads_its_line_and_says_that_it_is_done(world: World, visit: Callable[..., Client]) -> None:
    world.assign(ENDS, world.service, actor=world.facilitator)
    client, key = visit(world.city, world.service, stays=True), world.key(ENDS)
    page = client.get("/gestion/").content.decode()
    assert "vous pouvez participer jusqu’au" in page
    assert f'value="{key}"' in page
    address = f"/gestion/consultations/{world.consultation.slug}/ligne/"
    assert address in page
    client.post(address, {"key": world.key(ALONE), "do": "later", "until": "demain"})
    assert not WorkItem.objects.exclude(until=None).exists()
    client.post(address, {"key": key, "do": "done"})
    assert "Rien ne vous est confié" in client.get("/gestion/").content.decode()
    assert WorkItem.objects.get().done_at


def test_a_service_is_not_asked_for_what_is_not_assigned_to_it(world: World, visit: Callable[..., Client]) -> None:
    address = f"/gestion/consultations/{world.consultation.slug}/ligne/"
    page = visit(world.city, world.service, stays=True)
    page.post(address, {"key": world.key(ENDS), "do": "done"})
    assert not WorkItem.objects.exists()


def test_the_page_gives_a_line_to_a_colleague_who_has_come_in(world: World, visit: Callable[..., Client]) -> None:
    client = visit(world.city, world.facilitator, stays=True)
    invited = UserFactory(role=Role.FACILITATOR, public_name="", last_login=None)
    page = client.get("/gestion/").content.decode()
    assert f"Confier à {world.other.public_name}" in page
    assert invited.email not in page
    address = f"/gestion/consultations/{world.consultation.slug}/ligne/"
    sent = {"key": world.key(ALONE), "do": "assign", "to": str(world.other.pk), "seen": ""}
    page = client.post(address, sent, follow=True).content.decode()
    assert f"confié à {world.other.public_name}, qui en reçoit la nouvelle" in page
    page = client.post(address, {**sent, "to": str(world.facilitator.pk)}, follow=True).content.decode()
    assert f"{world.other.public_name} a déjà pris cette ligne" in page
    assert client.post(address, {"key": world.key(ALONE), "do": "nothing"}).status_code == 404


def test_whoever_loses_their_role_lets_go_of_their_lines(world: World) -> None:
    world.assign(ALONE, world.other, actor=world.facilitator)
    boss = UserFactory(role=Role.ADMINISTRATOR)
    change_team_role(member_id=world.other.pk, role=Role.OBSERVER, actor=boss, city=world.city)
    assert WorkItem.objects.get().assigned_to is None


def test_what_was_last_touched_a_year_ago_is_forgotten(world: World) -> None:
    world.do(put_off_line, ALONE, world.facilitator, until="demain")
    assert retention._rules["lines of the week"].forget(at=world.at + timedelta(days=364)) == 0
    assert retention._rules["lines of the week"].forget(at=world.at + timedelta(days=366)) == 1


def test_of_two_who_take_a_line_at_once_one_has_it(real_db: str) -> None:
    city = Municipality.objects.get(slug="saran")
    with schema_context(city.schema_name):
        world = World(city)
        key = world.key(ALONE)
    answers: list[str] = []

    def take(user: User) -> None:
        try:
            with schema_context(city.schema_name):
                consultation = every_consultation().get()
                asked = {"consultation": consultation, "key": key, "city": city, "at": world.at}
                assign_line(**asked, to=user, seen=None, actor=user)
            answers.append("")
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[user]) for user in (world.facilitator, world.other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["", "line_taken_meanwhile"]
