"""Schemas made ahead: a city takes one, as a whole or not at all, and nothing else ever sees them."""

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from consultations.framing.models import Challenge
from onboarding import provisioning
from onboarding.enums import RunState, Step
from onboarding.models import ProvisioningRun
from onboarding.services.runs import cancel
from onboarding.tasks import refill_spare_schemas
from tenants import deletion, fleet, selectors, spares, tasks, waiting
from tenants.models import Domain, Municipality, SpareSchema, WantedCity
from tenants.schema import create_schema, schema_exists
from tenants.services import SlugTaken, reserve_municipality
from tests.onboarding.test_killed_worker import tables_of
from tests.onboarding.test_provisioning import ask
from tests.processes import die, forked, then_die
from tests.tenants.test_structure import rights_in


@pytest.fixture
def two_spares(real_db: str, settings: Any) -> list[str]:
    settings.SPARE_SCHEMAS = 2
    assert spares.refill(at=timezone.now()) == 2
    return names()


def names() -> list[str]:
    return list(SpareSchema.objects.values_list("pk", flat=True))


def there() -> set[str]:
    """Schemas that have the name of a city."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^m_[a-z0-9]{10}$'")
        return {row[0] for row in cursor.fetchall()}


def registered() -> set[str]:
    return set(Municipality.objects.values_list("schema_name", flat=True))


def made(**kwargs: Any) -> Municipality:
    run = provisioning.advance(ask(**kwargs).pk)
    assert run is not None
    assert run.state == RunState.DONE, run.problem
    return Municipality.objects.get(run=run)


def test_a_city_takes_the_oldest_and_the_task_makes_another(
    two_spares: list[str], visit: Callable[..., Client]
) -> None:
    city = made()
    assert city.schema_name == two_spares[0]
    assert names() == two_spares[1:]
    assert visit(city).get("/").status_code == 200
    assert refill_spare_schemas() == 1
    assert len(names()) == 2
    assert refill_spare_schemas() == 0
    assert there() == registered() | set(names())


def test_it_is_what_a_city_without_one_is(two_spares: list[str], settings: Any) -> None:
    spare = made(slug="ingre")
    made(slug="ormes")
    plain = made(slug="chaingy")
    assert names() == []
    assert plain.schema_name not in two_spares
    assert tables_of(spare.schema_name) == tables_of(plain.schema_name)
    assert rights_in(spare.schema_name) == rights_in(plain.schema_name)
    assert memberships(spare.schema_name) == memberships(plain.schema_name)
    assert spare.structure == plain.structure
    for city in (spare, plain):
        with schema_context(city.schema_name):
            assert (User.objects.count(), Challenge.objects.count()) == (1, 6)


def memberships(role: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT member::regrole::text, inherit_option, set_option, admin_option, rolcanlogin, rolsuper, rolinherit
               FROM pg_auth_members JOIN pg_roles r ON r.oid = roleid WHERE rolname = %s ORDER BY 1""",
            [role],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    assert rows
    return rows


def test_its_role_sees_no_other_and_no_other_sees_a_spare_one(two_spares: list[str]) -> None:
    city, waiting = made(), two_spares[1]
    brest = Municipality.objects.get(slug="brest")
    for here, elsewhere in [
        (city.schema_name, brest.schema_name),
        (city.schema_name, waiting),
        (brest.schema_name, waiting),
        (brest.schema_name, city.schema_name),
        (city.schema_name, "public"),
        (waiting, brest.schema_name),
    ]:
        with (
            schema_context(here),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT count(*) FROM {elsewhere}.accounts_user")


@pytest.mark.parametrize("step", provisioning.ORDER)
def test_a_run_that_fails_at_any_step_goes_on_with_the_same_one(
    two_spares: list[str], monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    run = ask()
    done = provisioning._ACTIONS[step]

    def fail_after(run: ProvisioningRun) -> None:
        done(run)
        raise RuntimeError("the machine stopped here")

    with monkeypatch.context() as patch:
        patch.setitem(provisioning._ACTIONS, step, fail_after)
        provisioning.advance(run.pk)
    finished = provisioning.advance(run.pk)
    assert finished is not None
    assert finished.state == RunState.DONE
    assert Municipality.objects.get(slug="ingre").schema_name == two_spares[0]
    assert names() == two_spares[1:]


def test_a_refusal_takes_none_and_a_cancelled_run_gives_none_back(two_spares: list[str]) -> None:
    with pytest.raises(SlugTaken):
        reserve_municipality(WantedCity("Saran", "COMMUNE", "", "saran"), verified_at=None)
    assert names() == two_spares
    run = ask()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(provisioning._ACTIONS, Step.READY, lambda run: 1 / 0)
        provisioning.advance(run.pk)
    cancel(run=run, operator=None, at=timezone.now())
    provisioning.advance(run.pk)
    assert names() == two_spares[1:], "somebody has been in it: it is no spare one any more"
    assert there() == registered() | set(names())


def test_two_at_once_never_take_the_same(two_spares: list[str]) -> None:
    """Each in a transaction that stays open until all have taken theirs: nobody waits for anybody."""
    wanted = [WantedCity("Ingré", "COMMUNE", "", f"ingre-{number}") for number in range(6)]

    def reserve(city: WantedCity) -> str:
        try:
            with transaction.atomic():
                reserved = reserve_municipality(city, verified_at=None)
                barrier.wait(30)
                return reserved.schema_name
        finally:
            connection.close()

    barrier = threading.Barrier(len(wanted))
    with ThreadPoolExecutor(len(wanted)) as pool:
        taken = list(pool.map(reserve, wanted))
    assert len(set(taken)) == len(wanted)
    assert set(two_spares) < set(taken)
    assert names() == []


def test_two_that_refill_at_once_make_no_more_than_wanted(real_db: str, settings: Any) -> None:
    settings.SPARE_SCHEMAS = 3

    def work(_number: int) -> int:
        try:
            return spares.refill(at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 3
    assert len(names()) == 3


def test_none_is_made_while_a_city_waits(real_db: str, settings: Any) -> None:
    settings.SPARE_SCHEMAS = 2
    ProvisioningRun.objects.filter(pk=ask().pk).update(next_try_at=timezone.now())
    assert refill_spare_schemas() == 0
    assert provisioning.advance_next() is not None
    assert refill_spare_schemas() == 2


def test_whatever_goes_over_all_cities_does_not_see_them(two_spares: list[str], settings: Any) -> None:
    assert not registered() & set(two_spares)
    found = fleet.status()
    assert (found.behind, found.spares) == (0, 2)
    assert sum(found.states.values()) == len(registered()) == selectors.fleet().count()
    assert deletion.half_deleted() == []
    for name in [*two_spares, *registered()]:  # something whose time would be over, or come
        with schema_context(name), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO common_outboxmessage (id, task, payload, created_at, due_at, attempts, last_error)"
                " VALUES (gen_random_uuid(), 'x', '{}', now(), now(), 0, ''),"
                " (gen_random_uuid(), 'x', '{}', now() - interval '91 days', NULL, 0, '')"
            )
    assert tasks.forget_what_is_over() == len(registered())
    assert not set(waiting.next_due([*registered()])[0]) & set(two_spares)
    assert waiting.repair(at=timezone.now()) == 0


def test_those_of_another_release_are_not_taken_and_go_after_an_hour(two_spares: list[str], settings: Any) -> None:
    now = timezone.now()
    SpareSchema.objects.filter(pk=two_spares[0]).update(structure="0" * 64)
    assert fleet.status().spares == 1
    assert made(slug="ingre").schema_name == two_spares[1]
    assert made(slug="ormes").schema_name != two_spares[0]
    assert spares.refill(at=now) == 2
    assert two_spares[0] in names(), "processes of the other release may still take it"
    assert spares.refill(at=now + timedelta(hours=1, minutes=1)) == 0
    assert two_spares[0] not in names()
    assert there() == registered() | set(names())


def test_fewer_wanted_drops_the_youngest(two_spares: list[str], settings: Any) -> None:
    settings.SPARE_SCHEMAS = 1
    assert spares.refill(at=timezone.now()) == 0
    assert names() == two_spares[:1]
    assert there() == registered() | set(names())


def test_the_sweep_drops_what_is_nobodys_and_no_schema_with_people_in_it(two_spares: list[str]) -> None:
    create_schema("m_nobodys000")
    create_schema("m_peoples000")
    with schema_context("m_peoples000"):
        User.objects.create(email="a@example.org")
    SpareSchema.objects.create(schema_name="m_notthere00", structure="0" * 64)
    assert tasks.sweep_schemas() == 1
    assert not schema_exists("m_nobodys000")
    assert schema_exists("m_peoples000")
    assert names() == two_spares
    assert there() == registered() | set(two_spares) | {"m_peoples000"}
    assert tasks.sweep_schemas() == 0


def dies_at(moment: str) -> None:
    """This process kills itself at the moment asked for."""
    match moment:
        case "refill, before the schema":
            spares.create_schema = die
        case "refill, after the schema":
            spares.create_schema = then_die(spares.create_schema)
        case "refill, after its row":
            SpareSchema.save = then_die(SpareSchema.save)
        case "refill, after one":
            spares._make_one = then_die(spares._make_one)
        case "dropping, after the schema":
            spares.drop_schema = then_die(spares.drop_schema)
        case "taking, at once":
            spares.take = then_die(spares.take)
        case "taking, in the register":
            Domain.save = then_die(Domain.save)
        case "taking, not noted":
            provisioning.reserve_municipality = then_die(provisioning.reserve_municipality)
        case "taken":
            provisioning._ACTIONS[Step.RESERVE] = then_die(provisioning._ACTIONS[Step.RESERVE])


@pytest.mark.parametrize(
    ("moment", "wanted", "left"),
    [
        ("refill, before the schema", 3, 2),
        ("refill, after the schema", 3, 2),
        ("refill, after its row", 3, 2),
        ("refill, after one", 4, 3),
        ("dropping, after the schema", 1, 2),
        ("taking, at once", 2, 2),
        ("taking, in the register", 2, 2),
        ("taking, not noted", 2, 2),
        ("taken", 2, 1),
    ],
)
def test_killed_at_any_moment_each_is_there_as_a_whole_or_not_at_all(
    two_spares: list[str], settings: Any, tmp_path: Path, moment: str, wanted: int, left: int
) -> None:
    run = ask()

    def work() -> None:
        settings.SPARE_SCHEMAS = wanted
        dies_at(moment)
        provisioning.advance(run.pk) if moment.startswith("tak") else spares.refill(at=timezone.now())

    with forked(work, log=tmp_path / "log") as started:
        started.join(60)
        assert started.exitcode == -signal.SIGKILL, (tmp_path / "log").read_text()
    assert len(names()) == left
    assert there() == registered() | set(names())
    for name in names():
        assert tables_of(name) == tables_of(Municipality.objects.get(slug="saran").schema_name)
    assert provisioning.advance(run.pk) is not None
    assert Municipality.objects.get(slug="ingre").schema_name == two_spares[0]
    settings.SPARE_SCHEMAS = wanted
    spares.refill(at=timezone.now())
    assert len(names()) == wanted
    assert tasks.sweep_schemas() == 0
    assert there() == registered() | set(names())
