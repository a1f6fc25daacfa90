"""A city's life: what may happen, who may make it happen, and that it happens once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from common.models import OutboxMessage
from tenants import lifecycle
from tenants.domains.renaming import rename_slug
from tenants.enums import WRITABLE, Transition
from tenants.enums import LifecycleState as State
from tenants.events import municipality_state_changed
from tenants.lifecycle import CHANGED, TABLE, change_state, possible_transitions, warn_of_trial_end
from tenants.models import DeletionCertificate, Municipality
from tenants.services import mark_ready
from tenants.tasks import apply_due_transitions
from tests.accounts.factories import UserFactory

LIVING = {State.TRIAL, State.ACTIVE, State.READ_ONLY}

# What PRODUCT says of a city's life, written apart from the code: state → move → where it leads.
EXPECTED: dict[State, dict[Transition, State]] = {
    State.TRIAL: {
        Transition.ACTIVATE: State.ACTIVE,
        Transition.EXTEND_TRIAL: State.TRIAL,
        Transition.END_TRIAL: State.READ_ONLY,
        Transition.SUSPEND: State.SUSPENDED,
        Transition.CLOSE: State.CLOSED,
    },
    State.ACTIVE: {
        Transition.STOP_UNPAID: State.READ_ONLY,
        Transition.END_SUBSCRIPTION: State.READ_ONLY,
        Transition.SUSPEND: State.SUSPENDED,
        Transition.CLOSE: State.CLOSED,
    },
    State.READ_ONLY: {
        Transition.EXTEND_TRIAL: State.TRIAL,
        Transition.SETTLE: State.ACTIVE,
        Transition.SUSPEND: State.SUSPENDED,
        Transition.CLOSE: State.CLOSED,
    },
    State.SUSPENDED: {Transition.RESUME: State.READ_ONLY, Transition.CLOSE: State.CLOSED},
    State.CLOSED: {
        Transition.REOPEN: State.ACTIVE,
        Transition.REOPEN_TO_READ: State.READ_ONLY,
        Transition.DELETE: State.DELETED,
    },
    State.DELETED: {},
}
MACHINE_ONLY = {Transition.END_TRIAL, Transition.STOP_UNPAID, Transition.END_SUBSCRIPTION}
OPERATOR_ONLY = {
    Transition.EXTEND_TRIAL,
    Transition.SUSPEND,
    Transition.RESUME,
    Transition.CLOSE,
    Transition.REOPEN,
    Transition.REOPEN_TO_READ,
}


@pytest.fixture
def operator(db: None) -> User:
    with schema_context("public"):
        return UserFactory(operator=True)


def put(city: Municipality, state: State, **fields: Any) -> Municipality:
    """The city in a state, its rights as that state has them, without the story that led there."""
    with schema_context("public"):
        before = Municipality.objects.values_list("state", flat=True).get(pk=city.pk)
        Municipality.objects.filter(pk=city.pk).update(state=state, **fields)
        same = before != State.DELETED and (before in WRITABLE) == (state in WRITABLE)
        if state != State.DELETED and not same:  # a statement for each of its tables
            lifecycle.grant_rights(city.schema_name, state=state)
        return Municipality.objects.get(pk=city.pk)


def now_of(city: Municipality) -> Municipality:
    with schema_context("public"):
        return Municipality.objects.get(pk=city.pk)


def changes_of(city: Municipality) -> QuerySet[AuditEntry]:
    """Its story, as the trail has it."""
    return AuditEntry.objects.filter(subject_id=str(city.pk), action=CHANGED).order_by("-at", "-pk")


def make(
    city: Municipality, transition: Transition, actor: User | None = None, at: datetime | None = None, **kwargs: Any
) -> bool:
    kwargs.setdefault("reason", "Parce que la ville l’a demandé.")
    return change_state(municipality=city, transition=transition, actor=actor, at=at or timezone.now(), **kwargs)


def ready_for(city: Municipality, transition: Transition) -> dict[str, Any]:
    """What makes the guard of a move hold: fields of the city, and words of the asking."""
    at, today = timezone.now(), timezone.localdate()
    if transition == Transition.END_TRIAL:
        return {"fields": {"trial_ends_on": today - timedelta(days=1)}, "asking": {}}
    if transition == Transition.EXTEND_TRIAL:
        fields = {"trial_ends_on": today, "last_move": Transition.END_TRIAL}
        return {"fields": fields, "asking": {"trial_ends_on": today + timedelta(days=15)}}
    if transition == Transition.STOP_UNPAID:
        return {"fields": {}, "asking": {"unpaid_since": today - timedelta(days=46)}}
    if transition == Transition.DELETE:
        return {"fields": {"state_since": at - timedelta(days=31)}, "asking": {"typed_slug": city.slug}}
    return {"fields": {"state_since": at}, "asking": {}}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("transition", Transition)
def test_each_move_leads_where_it_should_from_each_state_and_nowhere_else(
    saran: Municipality, operator: User, state: State, transition: Transition
) -> None:
    ready = ready_for(saran, transition)
    city = put(saran, state, **ready["fields"])
    actor = None if transition in MACHINE_ONLY else operator
    if transition in EXPECTED[state]:
        assert make(city, transition, actor, **ready["asking"]) is True
        assert now_of(saran).state == EXPECTED[state][transition]
        return
    already = TABLE[transition].after == state
    if already:
        assert make(city, transition, actor, **ready["asking"]) is False
    else:
        with pytest.raises(lifecycle.NotFromThisState):
            make(city, transition, actor, **ready["asking"])
    assert now_of(saran).state == state
    assert not changes_of(saran).exists()


@pytest.mark.parametrize("transition", sorted(OPERATOR_ONLY))
def test_the_machine_does_not_do_what_is_for_people_to_decide(saran: Municipality, transition: Transition) -> None:
    state = next(state for state in State if transition in EXPECTED[state])
    with pytest.raises(lifecycle.NotAllowed):
        make(put(saran, state), transition, None)


@pytest.mark.parametrize("transition", sorted(MACHINE_ONLY))
def test_an_operator_does_not_do_what_only_time_decides(
    saran: Municipality, operator: User, transition: Transition
) -> None:
    ready = ready_for(saran, transition)
    state = next(state for state in State if transition in EXPECTED[state])
    with pytest.raises(lifecycle.NotAllowed):
        make(put(saran, state, **ready["fields"]), transition, operator, **ready["asking"])


@pytest.mark.parametrize("reason", ["", "   ", "\u200b\x00".strip("\u200b"), "\n\n"])
def test_a_change_without_a_reason_is_refused(saran: Municipality, operator: User, reason: str) -> None:
    with pytest.raises(lifecycle.ReasonMissing, match="move_reason_missing"):
        make(saran, Transition.ACTIVATE, operator, reason=reason)
    assert now_of(saran).state == State.TRIAL


def test_a_city_that_is_being_made_has_no_life_yet(saran: Municipality, operator: User) -> None:
    with pytest.raises(lifecycle.NotReady):
        make(put(saran, State.TRIAL, ready_at=None), Transition.ACTIVATE, operator)


def test_a_city_that_has_moved_away_lives_elsewhere(saran: Municipality, operator: User) -> None:
    with pytest.raises(lifecycle.MovedAway, match="city_moved"):
        make(put(saran, State.TRIAL, moved_at=timezone.now()), Transition.ACTIVATE, operator)


@pytest.mark.parametrize("days", [0, 1, 30])
def test_a_trial_lasts_to_the_end_of_its_last_day(saran: Municipality, days: int) -> None:
    with pytest.raises(lifecycle.TrialNotOver):
        make(put(saran, State.TRIAL, trial_ends_on=timezone.localdate() + timedelta(days=days)), Transition.END_TRIAL)


@pytest.mark.parametrize("state", [State.TRIAL, State.READ_ONLY])
def test_an_extended_trial_lasts_until_the_day_that_was_given(
    saran: Municipality, operator: User, state: State
) -> None:
    today = timezone.localdate()
    city = put(saran, state, trial_ends_on=today, last_move=Transition.END_TRIAL)
    wanted = today + timedelta(days=15)
    assert make(city, Transition.EXTEND_TRIAL, operator, trial_ends_on=wanted) is True
    assert make(city, Transition.EXTEND_TRIAL, operator, trial_ends_on=wanted) is False
    assert (now_of(saran).state, now_of(saran).trial_ends_on) == (State.TRIAL, wanted)
    with schema_context(saran.schema_name):
        User.objects.create(email="ecrit@example.org")
    assert changes_of(saran).count() == 1
    with pytest.raises(lifecycle.TrialNotOver):
        make(saran, Transition.END_TRIAL)


@pytest.mark.parametrize("days", [None, -1, 0, 9, 367])
def test_a_trial_is_extended_to_a_day_after_its_end_within_a_year(
    saran: Municipality, operator: User, days: int | None
) -> None:
    today = timezone.localdate()
    city = put(saran, State.TRIAL, trial_ends_on=today + timedelta(days=10))
    wanted = None if days is None else today + timedelta(days=days)
    with pytest.raises(lifecycle.TrialEndRefused):
        make(city, Transition.EXTEND_TRIAL, operator, trial_ends_on=wanted)


def test_a_city_that_has_not_paid_gets_no_trial_again(saran: Municipality, operator: User) -> None:
    city = put(saran, State.READ_ONLY, last_move=Transition.STOP_UNPAID)
    wanted = timezone.localdate() + timedelta(days=40)
    with pytest.raises(lifecycle.NotFromThisState):
        make(city, Transition.EXTEND_TRIAL, operator, trial_ends_on=wanted)
    assert Transition.EXTEND_TRIAL not in possible_transitions(municipality=city, actor=operator, at=timezone.now())


@pytest.mark.parametrize("days", [None, 0, 45])
def test_an_unpaid_invoice_leaves_forty_five_days_of_grace(saran: Municipality, days: int | None) -> None:
    due = None if days is None else timezone.localdate() - timedelta(days=days)
    with pytest.raises(lifecycle.GraceNotOver):
        make(put(saran, State.ACTIVE), Transition.STOP_UNPAID, unpaid_since=due)


def test_the_grace_is_a_setting(saran: Municipality, settings: Any) -> None:
    settings.UNPAID_GRACE_DAYS = 5
    assert make(put(saran, State.ACTIVE), Transition.STOP_UNPAID, unpaid_since=timezone.localdate() - timedelta(days=6))


def test_thirty_days_after_closing_a_city_can_only_be_deleted(saran: Municipality, operator: User) -> None:
    city = put(saran, State.CLOSED, state_since=timezone.now() - timedelta(days=30))
    for transition in (Transition.REOPEN, Transition.REOPEN_TO_READ):
        with pytest.raises(lifecycle.TooLateToReopen):
            make(city, transition, operator)
    assert possible_transitions(municipality=city, actor=operator, at=timezone.now()) == [Transition.DELETE]


def test_until_then_it_can_only_be_reopened(saran: Municipality, operator: User) -> None:
    city = put(saran, State.CLOSED, state_since=timezone.now() - timedelta(days=29))
    for actor in (operator, None):
        with pytest.raises(lifecycle.TooSoonToDelete):
            make(city, Transition.DELETE, actor, typed_slug="saran")
    possible = possible_transitions(municipality=city, actor=operator, at=timezone.now())
    assert possible == [Transition.REOPEN, Transition.REOPEN_TO_READ]


@pytest.mark.parametrize("typed", ["", "brest", "sara", "Saran ville"])
def test_an_operator_types_the_address_to_delete(saran: Municipality, operator: User, typed: str) -> None:
    city = put(saran, State.CLOSED, state_since=timezone.now() - timedelta(days=31))
    with pytest.raises(lifecycle.ConfirmationMissing):
        make(city, Transition.DELETE, operator, typed_slug=typed)
    assert now_of(saran).state == State.CLOSED
    assert not DeletionCertificate.objects.exists()


@pytest.mark.parametrize("before", sorted(LIVING))
def test_a_suspension_ends_in_the_state_it_began_in(saran: Municipality, operator: User, before: State) -> None:
    city = put(saran, before)
    assert make(city, Transition.SUSPEND, operator)
    assert make(city, Transition.RESUME, operator)
    assert now_of(saran).state == before
    assert make(city, Transition.RESUME, operator) is False


def test_every_refusal_says_what_to_do_in_french(db: None) -> None:
    refusals = lifecycle.Refused.__subclasses__()
    assert len(refusals) > 6
    for refusal in refusals:
        sentence = str(refusal.message)
        assert sentence.endswith(".")
        assert not set(sentence.lower().split()) & {"the", "is", "this"}


def test_a_change_is_on_record_once_with_who_why_and_from_where(saran: Municipality, operator: User) -> None:
    assert make(saran, Transition.SUSPEND, operator, reason="  Contenus  illicites\r\nsignalés. ") is True
    assert make(saran, Transition.SUSPEND, operator) is False
    entry = changes_of(saran).get()
    assert entry.actor == operator
    assert entry.details == {
        "move": "SUSPEND",
        "before": "TRIAL",
        "after": "SUSPENDED",
        "reason": "Contenus illicites\nsignalés.",
    }


def test_the_administrators_are_written_to_in_the_citys_own_outbox(
    saran: Municipality, brest: Municipality, operator: User, person: Callable[..., User]
) -> None:
    person(administrator=True, email="deuxieme@saran.example")
    person(administrator=True, email="partie@saran.example", is_active=False)
    person(role=Role.MODERATOR)
    make(saran, Transition.CLOSE, operator, reason="Délibération du 3 novembre.")
    with schema_context(saran.schema_name):
        mails = list(OutboxMessage.objects.order_by("created_at"))
    assert [mail.payload["to"] for mail in mails] == ["maire@saran.example", "deuxieme@saran.example"]
    body = mails[0].payload["body"]
    assert "Délibération du 3 novembre." in body
    assert f"{saran.url}gestion/export/" in body
    for schema in ("public", brest.schema_name):
        with schema_context(schema):
            assert not OutboxMessage.objects.filter(task="accounts.tasks.send_mail").exists()


# What an unpaid invoice makes of a city, billing says: billing/test_written.py.
@pytest.mark.parametrize("transition", sorted({*Transition} - {Transition.STOP_UNPAID}))
def test_each_mail_says_in_french_what_changes(saran: Municipality, operator: User, transition: Transition) -> None:
    ready = ready_for(saran, transition)
    state = next(state for state in State if transition in EXPECTED[state])
    make(
        put(saran, state, **ready["fields"]),
        transition,
        None if transition in MACHINE_ONLY else operator,
        **ready["asking"],
    )
    with schema_context("public" if transition == Transition.DELETE else saran.schema_name):
        mail = OutboxMessage.objects.get(task="accounts.tasks.send_mail").payload
    assert mail["subject"].startswith("Saran")
    assert "Bonjour," in mail["body"]
    assert "Saran" in mail["body"]
    assert not {"the", "your", "platform"} & set((mail["subject"] + mail["body"]).split())
    assert "\n\n\n" not in mail["body"]


def test_the_event_is_told_after_commit(
    saran: Municipality, operator: User, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[dict[str, Any]] = []

    def listen(sender: Any, signal: Any, **payload: Any) -> None:
        heard.append({**payload, "schema": connection.schema_name})

    municipality_state_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            make(saran, Transition.ACTIVATE, operator)
            assert heard == []
    finally:
        municipality_state_changed.disconnect(listen)
    assert heard == [{"municipality_id": saran.pk, "before": "TRIAL", "after": "ACTIVE", "schema": "public"}]


def test_eight_at_once_change_it_once(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    operator = UserFactory(operator=True)
    results, ready = [], threading.Barrier(8)

    def work() -> None:
        ready.wait()
        try:
            results.append(make(saran, Transition.CLOSE, operator))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _unused in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 7 + [True]
    assert changes_of(saran).count() == 1
    with schema_context(saran.schema_name):
        assert OutboxMessage.objects.count() == 1


def test_two_contrary_changes_at_once_leave_one_story(real_db: str) -> None:
    """Whoever comes second is judged by what the first left, not by what the page showed."""
    saran = Municipality.objects.get(slug="saran")
    operator = UserFactory(operator=True)
    ready = threading.Barrier(2)
    problems: list[BaseException] = []

    def work(transition: Transition) -> None:
        ready.wait()
        try:
            make(saran, transition, operator)
        except lifecycle.Refused as refusal:
            problems.append(refusal)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=[transition]) for transition in (Transition.SUSPEND, Transition.ACTIVATE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    story = [(entry.details["before"], entry.details["after"]) for entry in changes_of(saran)][::-1]
    assert story in ([("TRIAL", "SUSPENDED")], [("TRIAL", "ACTIVE"), ("ACTIVE", "SUSPENDED")])
    assert len(problems) == 2 - len(story)
    assert now_of(saran).state == State.SUSPENDED


# ── The trial, and the night ─────────────────────────────────────────────────


def test_a_new_city_has_thirty_days_of_trial(saran: Municipality) -> None:
    assert saran.trial_ends_on == timezone.localtime(saran.ready_at).date() + timedelta(days=30)
    mark_ready(municipality=saran, at=timezone.now() + timedelta(days=9))
    assert now_of(saran).trial_ends_on == saran.trial_ends_on


@pytest.mark.parametrize(("left", "warned"), [(8, False), (7, True), (1, True), (0, True), (-1, False)])
def test_the_end_of_a_trial_is_announced_within_its_last_week(saran: Municipality, left: int, warned: bool) -> None:
    city = put(saran, State.TRIAL, trial_ends_on=timezone.localdate() + timedelta(days=left))
    assert warn_of_trial_end(municipality=city, at=timezone.now()) is warned
    with schema_context(saran.schema_name):
        assert OutboxMessage.objects.exists() is warned


def test_it_is_announced_once_and_again_only_if_the_trial_is_made_longer(saran: Municipality) -> None:
    at = timezone.now()
    city = put(saran, State.TRIAL, trial_ends_on=timezone.localdate() + timedelta(days=2))
    assert [warn_of_trial_end(municipality=city, at=at + timedelta(days=day)) for day in (0, 0, 1)] == [
        True,
        False,
        False,
    ]
    put(saran, State.TRIAL, trial_ends_on=timezone.localdate() + timedelta(days=30))
    assert warn_of_trial_end(municipality=city, at=at + timedelta(days=25)) is True
    with schema_context(saran.schema_name):
        mails = OutboxMessage.objects.order_by("created_at")
        assert "essai" in mails[0].payload["subject"]
        assert len(mails) == 2


def test_two_jobs_at_once_announce_it_once(real_db: str) -> None:
    Municipality.objects.update(trial_ends_on=timezone.localdate() + timedelta(days=3))
    ready = threading.Barrier(4)

    def work() -> None:
        ready.wait()
        try:
            apply_due_transitions()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _unused in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for city in Municipality.objects.all():
        with schema_context(city.schema_name):
            assert OutboxMessage.objects.get().payload["to"] == f"maire@{city.slug}.example"


def test_the_night_ends_the_trials_that_are_over_and_no_others(saran: Municipality, brest: Municipality) -> None:
    put(saran, State.TRIAL, trial_ends_on=timezone.localdate() - timedelta(days=1))
    for _unused in range(2):
        apply_due_transitions()
    assert now_of(saran).state == State.READ_ONLY
    assert now_of(brest).state == State.TRIAL
    assert changes_of(saran).get().actor is None
    assert changes_of(saran).get().details["reason"] == "L’essai est terminé."


def test_a_city_that_fails_keeps_no_other_waiting(
    saran: Municipality, brest: Municipality, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    for city in (saran, brest):
        put(city, State.TRIAL, trial_ends_on=timezone.localdate() - timedelta(days=1))
    first = min(saran, brest, key=lambda city: city.pk)
    second = brest if first == saran else saran
    grant = lifecycle.grant_rights

    def fail(schema_name: str, **kwargs: Any) -> None:
        if schema_name == first.schema_name:
            raise RuntimeError("locked")
        grant(schema_name, **kwargs)

    monkeypatch.setattr(lifecycle, "grant_rights", fail)
    apply_due_transitions()
    assert now_of(first).state == State.TRIAL
    assert not changes_of(first).exists()
    assert now_of(second).state == State.READ_ONLY
    assert first.schema_name in caplog.text


def test_a_refused_change_leaves_nothing_behind(saran: Municipality, operator: User) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(lifecycle.NotFromThisState):
        make(saran, Transition.SETTLE, operator)
    assert AuditEntry.objects.count() == before
    with schema_context(saran.schema_name):
        assert not OutboxMessage.objects.exists()


def test_what_was_read_from_the_trail_stands_in_a_row_of_its_own(saran: Municipality, brest: Municipality) -> None:
    """As the migration finds it there, for cities that were made before."""
    operator, today = UserFactory(operator=True), timezone.localdate()
    put(saran, State.ACTIVE)
    make(saran, Transition.SUSPEND, operator)
    put(brest, State.TRIAL, trial_ends_on=today + timedelta(days=2))
    assert warn_of_trial_end(municipality=brest, at=timezone.now())
    with schema_context(brest.schema_name):
        rename_slug(municipality=brest, slug="ville-du-bout", actor=UserFactory(), by_city=True)
    fields = ("state_before", "last_move", "trial_warned_for", "renames")
    cities = Municipality.objects.filter(pk__in=[saran.pk, brest.pk]).order_by("pk")
    told = list(cities.values_list(*fields))
    assert (State.ACTIVE, Transition.SUSPEND, None, 0) in told
    assert ("", "", today + timedelta(days=2), 1) in told
    cities.update(state_before="", last_move="", trial_warned_for=None, renames=0)
    migration = import_module("tenants.migrations.0010_state_of_its_own")
    with connection.schema_editor() as editor:
        migration.fill(apps, editor)
    assert list(cities.values_list(*fields)) == told
    AuditEntry.objects.all().delete()  # as after a year
    assert not warn_of_trial_end(municipality=now_of(brest), at=timezone.now())
    make(saran, Transition.RESUME, operator)
    assert now_of(saran).state == State.ACTIVE
    assert not make(saran, Transition.RESUME, operator)
