"""Each city lives in its own time: found from where it is, in force wherever it is entered, named where it matters."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from common.events import Event, announce
from common.models import OutboxMessage
from common.outbox import run_outbox_message
from common.time_zones import TimeZone, named
from consultations.framing.models import Consultation, Phase
from notifications.services.digests import next_mail_time
from onboarding.models import Authority, SignUp
from tenants.enums import AuthorityKind
from tenants.export import write_export
from tenants.lifecycle import warn_of_trial_end
from tenants.models import Municipality, WantedCity
from tenants.services import mend_time_zone, reserve_municipality
from tenants.tasks import apply_due_transitions
from tenants.time_zones import day_there, time_zone_of
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory

PARIS, TAHITI, REUNION = "Europe/Paris", "Pacific/Tahiti", "Indian/Reunion"


@pytest.fixture
def papeete(saran: Municipality) -> Municipality:
    with schema_context("public"):
        mend_time_zone(municipality=saran, time_zone=TAHITI, operator=UserFactory(operator=True))
        saran.refresh_from_db()
    return saran


def in_force() -> str:
    return timezone.get_current_timezone_name()


# ── Where an authority is ────────────────────────────────────────────────────

COMMUNE, GROUP, DEPARTMENT, REGION = AuthorityKind.values
WHERE = [
    (COMMUNE, "45302", "45", "", PARIS),
    (COMMUNE, "2A004", "2A", "", PARIS),
    (COMMUNE, "97105", "971", "", "America/Guadeloupe"),
    (COMMUNE, "97209", "972", "", "America/Martinique"),
    (COMMUNE, "97302", "973", "", "America/Cayenne"),
    (COMMUNE, "97411", "974", "", REUNION),
    (COMMUNE, "97502", "975", "", "America/Miquelon"),
    (COMMUNE, "97611", "976", "", "Indian/Mayotte"),
    (COMMUNE, "97701", "977", "", "America/St_Barthelemy"),
    (COMMUNE, "97801", "978", "", "America/Marigot"),
    (COMMUNE, "98412", "984", "", "Indian/Kerguelen"),
    (COMMUNE, "98414", "984", "", "Antarctica/DumontDUrville"),
    (COMMUNE, "98415", "984", "", REUNION),
    (COMMUNE, "98613", "986", "", "Pacific/Wallis"),
    (COMMUNE, "98735", "987", "", TAHITI),
    (COMMUNE, "98731", "987", "", "Pacific/Marquesas"),  # Nuku-Hiva
    (COMMUNE, "98719", "987", "", "Pacific/Gambier"),
    (COMMUNE, "98818", "988", "", "Pacific/Noumea"),
    (COMMUNE, "98901", "989", "", "Etc/GMT+8"),
    (GROUP, "249740077", "974", "249740077", REUNION),
    (GROUP, "249740077", "", "249740077", REUNION),  # typed by hand
    (COMMUNE, "", "", "219741014", REUNION),
    (COMMUNE, "", "", "214503021", PARIS),
    (COMMUNE, "", "", "", PARIS),
    (DEPARTMENT, "987", "987", "", TAHITI),
    (DEPARTMENT, "01", "01", "", PARIS),
    (REGION, "01", "", "", "America/Guadeloupe"),
    (REGION, "04", "", "", REUNION),
    (REGION, "24", "", "", PARIS),
]


@pytest.mark.parametrize(("kind", "code", "department", "siren", "zone"), WHERE)
def test_where_an_authority_is_says_its_time(kind: str, code: str, department: str, siren: str, zone: str) -> None:
    city = Municipality(kind=kind, authority_code=code, department_code=department, siren=siren)
    assert time_zone_of(city) == zone


def test_every_authority_overseas_and_no_other_has_another_time(db: None) -> None:
    overseas = {"Guadeloupe", "Martinique", "Guyane", "La Réunion"}
    for each in Authority.objects.all():
        zone = time_zone_of(
            Municipality(kind=each.kind, authority_code=each.code, department_code=each.department_code)
        )
        is_far = each.department_code[:2] in ("97", "98") or each.region_name in overseas
        assert (zone != PARIS) == is_far, (each, zone)


@pytest.mark.parametrize("zone", TimeZone.values)
def test_python_and_postgres_agree_on_each(zone: str, db: None) -> None:
    for moment in (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s AT TIME ZONE %s", [moment, zone])
            assert cursor.fetchone()[0] == moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def test_a_new_city_has_the_time_of_its_place(db: None) -> None:
    wanted = WantedCity("Papeete", "COMMUNE", "98735", "papeete", department_code="987")
    assert reserve_municipality(wanted, verified_at=None).time_zone == TAHITI


# ── In force wherever a city is entered ──────────────────────────────────────


def test_it_is_in_force_where_a_city_is_entered_and_no_longer(papeete: Municipality, brest: Municipality) -> None:
    assert in_force() == PARIS
    with schema_context(papeete.schema_name):
        assert in_force() == TAHITI
        with schema_context("public"):
            assert in_force() == PARIS
        with schema_context(brest.schema_name):
            assert in_force() == PARIS
        assert in_force() == TAHITI
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Consultation.objects.update(title="x")
            1 / 0  # noqa: B018
        assert in_force() == TAHITI
    assert in_force() == PARIS


def test_entering_by_name_costs_no_query_that_counts_and_keeps_the_role(papeete: Municipality) -> None:
    with CaptureQueriesContext(connection) as asked, schema_context(papeete.schema_name), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        assert cursor.fetchone() == (papeete.schema_name, papeete.schema_name)
    assert not [each for each in asked if "tenants_municipality" in each["sql"]]


def test_a_schema_that_its_host_has_entered_is_entered_by_name_with_its_role(papeete: Municipality) -> None:
    assert connection.enter_city(papeete.host)  # type: ignore[attr-defined]
    connection.set_schema(papeete.schema_name)  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (papeete.schema_name,)


def test_what_comes_after_a_commit_is_in_the_time_of_its_city(
    papeete: Municipality, django_capture_on_commit_callbacks: Any
) -> None:
    event, told = Event("told_of_time"), []
    event.connect(lambda **kwargs: told.append(in_force()), weak=False)
    with django_capture_on_commit_callbacks(execute=True), schema_context(papeete.schema_name):
        announce(event)
    assert told == [TAHITI]


def test_a_task_runs_in_the_time_of_its_city(papeete: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("common.outbox.run_message", lambda pk, at: told.append(in_force()))
    run_outbox_message.apply(args=["x"], headers={"_schema_name": papeete.schema_name})
    assert told == [TAHITI]
    assert in_force() == PARIS


def test_a_page_is_made_in_the_time_of_its_city_and_changes_with_it(
    papeete: Municipality, visit: Callable[..., Client]
) -> None:
    with schema_context(papeete.schema_name):
        Phase.objects.filter(kind="PROPOSE").update(
            opens_at=timezone.now() - timedelta(days=3),
            closes_at=(timezone.now() + timedelta(days=9)).replace(hour=4, minute=0, second=0, microsecond=0),
        )
        ends = Phase.objects.get(kind="PROPOSE").closes_at
        assert ends is not None
    there = ends.astimezone(ZoneInfo(TAHITI))
    home = visit(papeete).get("/").content.decode()
    assert f"{there.day}" in re.findall(r"Jusqu’au (\d+)", home.replace("\xa0", " "))
    assert "(heure de Tahiti)" in home
    with schema_context("public"):
        mend_time_zone(municipality=papeete, time_zone=PARIS, operator=UserFactory(operator=True))
    home = visit(papeete).get("/").content.decode()
    assert f"{ends.day}" in re.findall(r"Jusqu’au (\d+)", home.replace("\xa0", " "))
    assert "heure de" not in home


# ── What is written and planned there ────────────────────────────────────────


def test_what_the_desk_writes_is_the_time_of_the_city(papeete: Municipality, visit: Callable[..., Client]) -> None:
    with schema_context(papeete.schema_name):
        administrator = UserFactory(role=Role.ADMINISTRATOR)
        Consultation.objects.update(opened_at=None)  # nothing was announced that these dates shorten
    desk = visit(papeete, administrator)
    page = desk.get("/gestion/consultations/territoires-resilients/cadre/").content.decode()
    assert page.count("Heure de Tahiti.") == 2
    typed = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page))
    typed |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*([^<]*)</textarea>', page))
    typed |= dict(re.findall(r'name="(\w+)" value="(\w+)"[^>]*checked', page))
    # 2:30 on that night does not exist in Paris.
    sent = {**typed, "moderation_delay": "24", "opens_at": "2027-03-28T02:30", "closes_at": "2027-05-01T18:00"}
    assert desk.post("/gestion/consultations/territoires-resilients/cadre/", sent).status_code == 302
    with schema_context(papeete.schema_name):
        phase = Phase.objects.get(kind="PROPOSE")
    assert phase.opens_at == datetime(2027, 3, 28, 12, 30, tzinfo=UTC)
    assert phase.closes_at == datetime(2027, 5, 2, 4, 0, tzinfo=UTC)
    refused = desk.post(
        "/gestion/consultations/territoires-resilients/cadre/", {**sent, "closes_at": "9999-12-31T23:59"}
    )
    assert refused.status_code == 422
    assert "Choisissez une année entre 1990 et 2099." in refused.content.decode()


@pytest.mark.dates
def test_eight_o_clock_is_eight_there(in_saran: Municipality) -> None:
    mail = next_mail_time(frequency="DAILY", last_mail_at=None, at=timezone.now())
    assert mail.astimezone(ZoneInfo(in_saran.time_zone)).hour == 8


@pytest.mark.parametrize(("code", "today"), [("97411", 2), ("98818", 2), ("98735", 1), ("45302", 1)])
def test_a_sign_up_reckons_from_the_day_that_it_is_there(code: str, today: int) -> None:
    at = datetime(2027, 3, 1, 20, 30, tzinfo=UTC)
    sign_up = SignUp(kind=COMMUNE, authority_code=code, department_code=code[:3])
    assert day_there(sign_up, at=at) == date(2027, 3, today)


def test_a_trial_lasts_until_the_end_of_its_day_there(
    papeete: Municipality, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Municipality.objects.filter(pk=papeete.pk).update(state="TRIAL", trial_ends_on="2027-03-10")
    for hour, state in ((8, "TRIAL"), (11, "READ_ONLY")):  # midnight there is ten o'clock UTC
        monkeypatch.setattr("tenants.tasks.timezone.now", lambda hour=hour: datetime(2027, 3, 11, hour, tzinfo=UTC))
        apply_due_transitions()
        monkeypatch.undo()
        assert Municipality.objects.get(pk=papeete.pk).state == state
    assert not caplog.records


@pytest.mark.dates
def test_mails_about_an_end_name_the_zone_outside_paris(saran: Municipality) -> None:
    at = datetime(2027, 3, 8, 12, tzinfo=UTC)
    Municipality.objects.filter(pk=saran.pk).update(state="TRIAL", trial_ends_on="2027-03-10")
    assert warn_of_trial_end(municipality=saran, at=at)
    with schema_context(saran.schema_name):
        body = OutboxMessage.objects.latest("created_at").payload["body"]
        assert named("10 mars 2027") in body.replace("\xa0", " ")
    assert ("(heure de" in body) == (saran.time_zone != PARIS)


@pytest.mark.parametrize(("zone", "words"), [(PARIS, "14 h"), (REUNION, "14 h (heure de La Réunion)")])
def test_a_zone_is_named_outside_paris_only(zone: str, words: str) -> None:
    with timezone.override(zone):
        assert named("14 h") == words


def test_copies_carry_offsets(papeete: Municipality) -> None:
    with schema_context(papeete.schema_name):
        proposal = ProposalFactory()
    target = BytesIO()
    write_export(municipality=papeete, target=target, at=timezone.now(), complete=True)
    archive = ZipFile(target)
    name = next(name for name in archive.namelist() if "proposal.jsonl" in name)
    kept = json.loads(archive.read(name).splitlines()[0])
    assert kept["submitted_at"].endswith("+00:00")
    assert datetime.fromisoformat(kept["submitted_at"]) == proposal.submitted_at
    assert "(heure de Tahiti)" in archive.read("LISEZMOI.txt").decode()
