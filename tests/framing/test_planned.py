"""A consultation opens by itself at the minute that was set, once, under the conditions of any opening; or says why not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from accounts.services import change_team_role
from common import outbox
from common.models import OutboxMessage
from common.outbox import run_message
from common.templatetags.ui import deadline
from common.worklist import Asked, When, lines_of
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.selectors import calendar_of
from consultations.framing.services import planning
from consultations.framing.services.dates import TooFarAhead
from consultations.framing.services.opening import close_again, open_consultation, opening_checks
from consultations.framing.services.planning import (
    AfterItsEnd,
    MomentIsPast,
    OpenAlready,
    give_up_plan,
    open_as_planned,
    plan_opening,
)
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.support.pages import says
from tests.tenants.test_lifecycle import put

pytestmark = pytest.mark.dates

DESK = "/gestion/consultations/territoires-resilients"


def prepare() -> None:
    Consultation.objects.update(opened_at=None)
    Challenge.objects.update(published_at=None)


@pytest.fixture
def prepared(in_saran: Municipality) -> Municipality:
    """Saran just before opening: all is there."""
    prepare()
    return in_saran


def fresh() -> Consultation:
    return Consultation.objects.get()


def plan(moment: datetime | None = None, *, actor: User | None = None) -> datetime:
    at = timezone.now()
    moment = (moment or at + timedelta(days=2)).replace(second=0, microsecond=0)
    plan_opening(consultation=fresh(), opens_at=moment, actor=actor or UserFactory(administrator=True), at=at)
    return moment


def waiting() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(task=outbox._name(open_as_planned)).order_by("pk"))


def run(*, at: datetime | None = None) -> list[bool]:
    """As the workers do once the moment has come."""
    return [run_message(str(each.pk), at=at or timezone.now()) for each in waiting()]


def entries(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def mails() -> list[dict[str, Any]]:
    found = OutboxMessage.objects.filter(task="accounts.tasks.send_mail").order_by("pk")
    return [each.payload for each in found]


# ── At its time ──────────────────────────────────────────────────────────────


def test_it_opens_once_as_somebody_planned_and_the_team_is_told(prepared: Municipality) -> None:
    actor, before = able_administrator(), entries("consultation_opened")
    moment = plan(actor=actor)
    [message] = waiting()
    assert message.due_at == moment  # the sweeper offers it then, and not before
    payload = message.payload
    assert run() == [True]
    found = fresh()
    assert (found.opened_at is not None, found.opening_planned_at) == (True, None)
    assert Challenge.objects.filter(published_at__isnull=False).exists()
    entry = AuditEntry.objects.filter(action="consultation_opened").order_by("-pk")[0]
    assert (entry.actor, entry.details["to"]) == (None, actor.pk)
    assert ["s’est ouverte" in each["subject"] for each in mails() if each["to"] == actor.email] == [True]
    open_as_planned(**payload)  # a message that comes twice
    assert entries("consultation_opened") == before + 1
    assert len([each for each in mails() if each["to"] == actor.email]) == 1


@pytest.mark.parametrize("how", ["another moment", "given up", "opened by hand", "deleted"])
def test_a_moment_that_no_longer_holds_opens_nothing(prepared: Municipality, how: str) -> None:
    actor = UserFactory(administrator=True)
    plan(actor=actor)
    [first] = waiting()
    match how:
        case "another moment":
            plan(timezone.now() + timedelta(days=5), actor=actor)
        case "given up":
            assert give_up_plan(consultation=fresh(), actor=actor)
            assert not give_up_plan(consultation=fresh(), actor=actor)
        case "opened by hand":
            open_consultation(consultation=fresh(), municipality=prepared, actor=actor, at=timezone.now())
            close_again(consultation=fresh(), municipality=prepared, actor=actor, at=timezone.now())
        case _:
            open_as_planned(**{**first.payload, "consultation_id": 0})
            return
    run_message(str(first.pk), at=timezone.now())
    assert fresh().opened_at is None
    assert not entries("opening_missed")


def test_set_again_it_opens_at_the_last_moment_only(prepared: Municipality) -> None:
    actor = UserFactory(administrator=True)
    plan(actor=actor)
    last = plan(timezone.now() + timedelta(days=5), actor=actor)
    assert plan(last, actor=actor) == last
    assert (entries("opening_planned"), len(waiting())) == (2, 2)
    run()
    assert fresh().opened_at is not None


# ── When something is missing ────────────────────────────────────────────────


def spoil(prepared: Municipality, how: str) -> None:
    match how:
        case "a validation taken back":
            Challenge.objects.update(validated_at=None)
        case "nobody who decides":
            Consultation.objects.update(decision_maker="")
        case _:
            put(prepared, LifecycleState[how])


@pytest.mark.parametrize("how", ["a validation taken back", "nobody who decides", "READ_ONLY", "SUSPENDED", "CLOSED"])
def test_it_does_not_open_where_something_is_missing_and_the_team_reads_why(prepared: Municipality, how: str) -> None:
    able, unable = able_administrator(), UserFactory(role=Role.MODERATOR)
    moment = plan(actor=able)
    spoil(prepared, how)
    assert run() == [True]
    found = fresh()
    assert (found.opened_at, found.opening_planned_at, found.opening_missed_at) == (None, None, moment)
    assert found.opening_missed_why
    assert (entries("opening_missed"), Challenge.objects.filter(published_at__isnull=False).count()) == (1, 0)
    [mail] = [each for each in mails() if "ne s’est pas ouverte" in each["subject"]]
    assert mail["to"] == able.email != unable.email
    assert found.opening_missed_why in mail["body"]
    assert f"{DESK}/ouverture/" in mail["body"]


def test_a_line_of_the_week_says_why_until_another_moment_is_set(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    administrator = able_administrator()
    moment = plan(actor=administrator)
    spoil(prepared, "a validation taken back")
    run()
    Challenge.objects.update(validated_at=timezone.now())  # mended since: what kept it then is still said

    def line() -> Any:
        found, at = fresh(), timezone.now()
        asked = Asked(found, calendar_of(found, at=at), prepared, at)
        return next((each for each in lines_of(asked) if each.kind == "framing.opening_missed"), None)

    said = line()
    assert (said.when, said.due_at, said.url) == (When.TODAY, moment, f"{DESK}/ouverture/")
    assert "Valider au moins un défi" in said.about
    client = visit(prepared, administrator, stays=True)
    assert "Elle devait s’ouvrir toute seule" in client.get(f"{DESK}/ouverture/").content.decode()
    plan(actor=administrator)
    assert line() is None


# ── Exactly once ─────────────────────────────────────────────────────────────


def test_two_workers_with_one_message_open_it_once_and_a_kill_leaves_it_to_be_done(
    real_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        prepare()
        plan()
        [message] = waiting()
        before = entries("consultation_opened")
        tell = planning._tell_the_team

        def killed(*args: Any, **kwargs: Any) -> None:
            raise KeyboardInterrupt  # as a signal would: nothing of the transaction stays

        monkeypatch.setattr(planning, "_tell_the_team", killed)
        with pytest.raises(KeyboardInterrupt):
            run()
        assert (fresh().opened_at, waiting()) == (None, [message])
        monkeypatch.setattr(planning, "_tell_the_team", tell)

    def work(_number: int) -> bool:
        try:
            with schema_context(saran.schema_name):
                return run_message(str(message.pk), at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    with schema_context(saran.schema_name):
        assert fresh().opened_at is not None
        assert entries("consultation_opened") == before + 1


# ── The moment ───────────────────────────────────────────────────────────────


def test_what_may_not_be_set_is_refused(prepared: Municipality) -> None:
    actor, at = UserFactory(administrator=True), timezone.now()
    ends = fresh().phases.get(kind=PhaseKind.PROPOSE).closes_at
    assert ends
    for moment, refusal in (
        (at, MomentIsPast),
        (at - timedelta(days=1), MomentIsPast),
        (ends, AfterItsEnd),
        (at + timedelta(days=366 * 6), TooFarAhead),
    ):
        with pytest.raises(refusal):
            plan_opening(consultation=fresh(), opens_at=moment, actor=actor, at=at)
    open_consultation(consultation=fresh(), municipality=prepared, actor=actor, at=at)
    with pytest.raises(OpenAlready):
        plan(actor=actor)
    assert not waiting()


def test_dates_that_end_before_the_day_that_was_set_are_a_condition_that_is_missing(prepared: Municipality) -> None:
    """Else it would open for nobody: people could read, and not propose."""
    actor, at = UserFactory(administrator=True), timezone.now()
    moment = at + timedelta(days=20)
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(opens_at=at, closes_at=moment + timedelta(days=1))
    plan_opening(consultation=fresh(), opens_at=moment, actor=actor, at=at)

    def are_right() -> bool:
        checks = opening_checks(consultation=fresh(), municipality=prepared, at=at)
        return next(each.holds for each in checks if each.label == gettext("The dates are set"))

    assert are_right()
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(closes_at=moment - timedelta(minutes=1))
    assert not are_right()


def test_what_is_to_be_looked_at_is_that_of_the_day_that_was_set(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    actor, at = able_administrator(), timezone.now()
    christmas = timezone.localtime(at).replace(year=at.year + 1, month=12, day=25, hour=9, minute=0)
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(opens_at=at, closes_at=christmas + timedelta(days=30))
    page = f"{DESK}/ouverture/"
    title = gettext("It opens around Christmas")
    assert title not in visit(prepared, actor, stays=True).get(page).content.decode() or at.month == 12
    plan_opening(consultation=fresh(), opens_at=christmas, actor=actor, at=at)
    assert title in visit(prepared, actor, stays=True).get(page).content.decode()


def typed(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_the_hour_is_the_city_s_and_is_said_wherever_the_state_is(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    client = visit(prepared, UserFactory(administrator=True), stays=True)
    moment = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    page = client.post(f"{DESK}/ouverture/programmer/", {"opens_at": typed(moment)}, follow=True)
    assert fresh().opening_planned_at == moment
    for text in (
        page.content.decode(),
        client.get("/gestion/").content.decode(),
        client.get("/gestion/consultations/").content.decode(),
    ):
        assert deadline(moment) in text
    assert "ouvre le" in client.get("/gestion/consultations/").content.decode()
    page = client.post(f"{DESK}/ouverture/deprogrammer/", follow=True)
    assert "ne s’ouvrira plus toute seule" in page.content.decode()
    assert fresh().opening_planned_at is None


@pytest.mark.parametrize(
    ("given", "code"), [("", ""), ("hier", ""), ("2027-03-28T02:30", ""), ("2026-11-01T08:00", MomentIsPast)]
)
def test_what_is_typed_wrong_is_said_at_its_field_and_kept(
    prepared: Municipality, visit: Callable[..., Client], given: str, code: Any
) -> None:
    client = visit(prepared, UserFactory(administrator=True), stays=True)
    page = client.post(f"{DESK}/ouverture/programmer/", {"opens_at": given})
    assert page.status_code == 422
    assert page.context["form"].errors["opens_at"]
    assert f'value="{given}"' in page.content.decode() or not given
    if code:
        assert says(page, code)
    assert fresh().opening_planned_at is None


def test_only_an_administrator_sets_it_or_takes_it_back(prepared: Municipality, visit: Callable[..., Client]) -> None:
    moment = plan()
    client = visit(prepared, UserFactory(role=Role.FACILITATOR), stays=True)
    later = {"opens_at": typed(moment + timedelta(days=1))}
    assert client.post(f"{DESK}/ouverture/programmer/", later).status_code == 404
    assert client.post(f"{DESK}/ouverture/deprogrammer/").status_code == 404
    assert fresh().opening_planned_at == moment
    page = client.get(f"{DESK}/ouverture/").content.decode()
    assert deadline(moment) in page
    assert "programmer/" not in page


def words(answer: Any) -> str:
    return unescape(answer.content.decode()).replace("\xa0", " ")


def test_a_plan_is_the_citys_though_who_set_it_has_left_and_the_journal_says_who_did(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    boss, actor = able_administrator(), UserFactory(administrator=True, public_name="Camille")
    plan(actor=actor)
    desk = visit(prepared, boss, stays=True)
    assert "Programmé par Camille le" in words(desk.get(f"{DESK}/ouverture/"))
    change_team_role(member_id=actor.pk, role=Role.OBSERVER, actor=boss, city=prepared)
    run()
    assert fresh().opened_at
    assert "Comme prévu, par Camille le" in words(desk.get("/gestion/journal/"))


def test_two_who_plan_at_once_see_each_other(prepared: Municipality, visit: Callable[..., Client]) -> None:
    desk = visit(prepared, able_administrator(), stays=True)
    seen = planning.revision_of_plan(fresh())
    assert seen in desk.get(f"{DESK}/ouverture/").content.decode()
    moment = plan()
    wanted = timezone.localtime(moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = desk.post(f"{DESK}/ouverture/programmer/", {"opens_at": wanted, "revision": seen})
    assert (answer.status_code, fresh().opening_planned_at) == (409, moment)
    page = answer.content.decode()
    assert f'value="{wanted}"' in page
    now = planning.revision_of_plan(fresh())
    assert now in page
    desk.post(f"{DESK}/ouverture/programmer/", {"opens_at": wanted, "revision": now})
    assert fresh().opening_planned_at == moment + timedelta(days=1)


def test_what_is_open_says_that_it_needs_no_plan(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    desk = visit(in_saran, able_administrator(), stays=True)
    wanted = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = desk.post(f"{DESK}/ouverture/programmer/", {"opens_at": wanted}, follow=True)
    assert says(answer, OpenAlready)


def test_the_end_of_the_trial_stands_beside_the_plan(prepared: Municipality, visit: Callable[..., Client]) -> None:
    with schema_context("public"):
        Municipality.objects.update(state=LifecycleState.TRIAL, trial_ends_on=timezone.localdate() + timedelta(days=3))
    desk = visit(prepared, able_administrator(), stays=True)
    assert "Votre essai se termine le" in words(desk.get(f"{DESK}/ouverture/"))
