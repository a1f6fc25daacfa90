"""Operators: the fleet with its filters, one city with its story, and what may happen to it."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from tenants.cells.models import CityMove
from tenants.enums import LifecycleState as State
from tenants.lifecycle import ConfirmationMissing, NotFromThisState, TrialEndRefused
from tenants.models import DeletionCertificate, Municipality
from tests.accounts.factories import UserFactory
from tests.support.pages import says
from tests.tenants.test_lifecycle import changes_of, now_of, put

REASON = "La ville l’a demandé par courrier."


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(operator=True, email="operation@example.org")


@pytest.fixture
def ops(visit: Callable[..., Client], operator: User) -> Client:
    return visit(None, operator)


def city_path(city: Municipality) -> str:
    return f"/ops/collectivites/{city.pk}/"


def listed(ops: Client, query: str) -> list[str]:
    page = ops.get(f"/ops/?{query}").content.decode()
    return re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page)


def another(slug: str, **fields: Any) -> Municipality:
    fields = {"ready_at": timezone.now(), "verified_at": timezone.now(), "opened_at": timezone.now(), **fields}
    return Municipality.objects.create(slug=slug, name=slug.capitalize(), **fields)


def test_the_fleet_takes_the_same_queries_for_two_cities_and_for_forty(ops: Client, saran: Municipality) -> None:
    ops.get("/ops/")
    with CaptureQueriesContext(connection) as few:
        ops.get("/ops/")
    for number in range(38):
        another(f"ville-{number}", state=State.TRIAL, trial_ends_on=timezone.localdate())
    with CaptureQueriesContext(connection) as many:
        assert len(listed(ops, "")) == 40
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Brest", "Enretard", "Nouvelle", "Privee", "Saran"]),
        ("etat=ACTIVE", ["Saran"]),
        ("etat=DELETED", ["Partie"]),
        ("a_voir=a-verifier", ["Nouvelle"]),
        ("a_voir=en-retard", ["Enretard", "Privee"]),
        ("a_voir=pas-ouvertes", ["Privee"]),
        ("etat=TRIAL&a_voir=en-retard", ["Enretard", "Privee"]),
        ("q=sar", ["Saran"]),
        ("q=consultation.saran.example", ["Saran"]),
        ("q=sar&etat=TRIAL", []),
        ("etat=NIMPORTE&a_voir=quoi", ["Brest", "Enretard", "Nouvelle", "Privee", "Saran"]),
        ("etat=%00&q=%00", ["Brest", "Enretard", "Nouvelle", "Privee", "Saran"]),
    ],
)
def test_the_fleet_is_found_by_state_and_by_what_it_needs(
    ops: Client, saran: Municipality, query: str, expected: list[str]
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(state=State.ACTIVE, own_domain="consultation.saran.example")
    another("nouvelle", verified_at=None)
    another("enretard", structure="0" * 64)
    another("privee", opened_at=None, structure_problem="lock timeout")
    another("partie", state=State.DELETED, verified_at=None, opened_at=None, structure="0" * 64)
    assert listed(ops, query) == expected


def test_the_page_of_a_city_says_what_is_known(ops: Client, saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(siren="214503021", department_code="45", population=17316)
    page = ops.get(city_path(saran)).content.decode()
    for words in (
        "Saran",
        "45302",
        "214\xa0503\xa0021",
        "17\u202f316",
        saran.schema_name,
        "Essai jusqu’au",
        saran.host,
    ):
        assert words in page, words
    assert "Il ne s’est rien passé" in page
    assert f"/inscription/avancement/{saran.run.pk}/" in page or str(saran.run.pk) in page  # type: ignore[attr-defined]


def test_the_page_of_a_city_that_has_moved_says_where_it_went_and_when(ops: Client, saran: Municipality) -> None:

    def told() -> str:
        page = html.unescape(ops.get(city_path(saran)).content.decode())
        return " ".join(re.sub(r"<[^>]+>", " ", page).split())

    links = [f"{city_path(saran)}adresses/", f"{city_path(saran)}acces/"]
    for path in links:
        assert (ops.get(path).status_code, path in ops.get(city_path(saran)).content.decode()) == (200, True)
    assert "Vit ailleurs" not in told()
    went = datetime(2026, 11, 28, 9, 5, tzinfo=UTC)
    Municipality.objects.filter(pk=saran.pk).update(moved_at=went, structure="0" * 64)
    known = {"schema_name": saran.schema_name, "begun_at": went, "ended_at": went}
    CityMove.objects.create(other="db-3:5432/autre", stage="UNDONE", **known)
    move = CityMove.objects.create(other="db-2:5432/territoires", stage="DONE", **known)
    page = told()
    assert "Vit ailleurs depuis le 28 novembre 2026, 10 h 05 : db-2:5432/territoires" in page
    assert "db-3" not in page
    assert "Essai · Vit ailleurs" in page
    assert not [path for path in links if path in ops.get(city_path(saran)).content.decode()], "they would answer 404"
    assert "en retard sur la version" not in page, "its tables are another installation's affair"
    assert "Ancienne copie" not in page
    CityMove.objects.filter(pk=move.pk).update(retired_at=went + timedelta(days=7))
    assert "Ancienne copie supprimée le 5 décembre 2026" in told()


def test_its_story_is_told_with_who_and_why(ops: Client, saran: Municipality) -> None:
    ops.post(f"{city_path(saran)}etat/SUSPEND/", {"reason": REASON})
    ops.post(f"{city_path(saran)}maintenance/", {"on": "1"})
    page = ops.get(city_path(saran)).content.decode()
    story = page[page.index('id="history"') :]
    assert story.index("Début de maintenance") < story.index("Essai → Suspendue")
    assert REASON in story
    assert "operation@example.org" in story


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (State.TRIAL, ["ACTIVATE", "EXTEND_TRIAL", "SUSPEND", "CLOSE"]),
        (State.ACTIVE, ["SUSPEND", "CLOSE"]),
        (State.READ_ONLY, ["SETTLE", "SUSPEND", "CLOSE"]),
        (State.SUSPENDED, ["RESUME", "CLOSE"]),
        (State.CLOSED, ["REOPEN", "REOPEN_TO_READ"]),
        (State.DELETED, []),
    ],
)
def test_only_what_is_possible_now_is_offered(ops: Client, saran: Municipality, state: State, verbs: list[str]) -> None:
    put(saran, state, state_since=timezone.now())
    page = ops.get(city_path(saran)).content.decode()
    assert re.findall(r"/etat/([A-Z_]+)/", page) == verbs


def test_an_operator_changes_the_state_once_however_often_it_is_pressed(
    ops: Client, operator: User, saran: Municipality
) -> None:
    for _unused in range(2):
        answer = ops.post(f"{city_path(saran)}etat/ACTIVATE/", {"reason": REASON})
        assert answer.headers["Location"] == city_path(saran)
    assert now_of(saran).state == State.ACTIVE
    assert changes_of(saran).get().actor == operator


def test_without_a_reason_the_form_says_so_and_nothing_changes(ops: Client, saran: Municipality) -> None:
    for reason in ("", "   ", "\x00"):
        answer = ops.post(f"{city_path(saran)}etat/SUSPEND/", {"reason": reason})
        assert answer.status_code == 422
        assert '<details class="move" open>' in answer.content.decode()
    assert ops.post(f"{city_path(saran)}etat/SUSPEND/", {"reason": "x" * 501}).status_code == 422
    assert now_of(saran).state == State.TRIAL


def test_what_was_typed_outlives_a_refusal(ops: Client, saran: Municipality) -> None:
    """Two operators on two old pages: the second is told, and keeps the words."""
    put(saran, State.CLOSED, state_since=timezone.now())
    answer = ops.post(f"{city_path(saran)}etat/ACTIVATE/", {"reason": REASON})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert says(page, NotFromThisState)
    assert f"{REASON}</textarea>" in page


def test_what_only_the_service_does_is_refused_to_operators(ops: Client, saran: Municipality) -> None:
    answer = ops.post(f"{city_path(saran)}etat/END_TRIAL/", {"reason": REASON})
    assert answer.status_code == 409
    assert now_of(saran).state == State.TRIAL


@pytest.mark.parametrize("move", ["", "X", "DELETED", "delete", "../../"])
def test_a_move_that_does_not_exist_is_a_404(ops: Client, saran: Municipality, move: str) -> None:
    assert ops.post(f"{city_path(saran)}etat/{move}/", {"reason": REASON}).status_code in (404, 405)
    assert now_of(saran).state == State.TRIAL


def test_deleting_asks_for_the_address(ops: Client, saran: Municipality) -> None:
    put(saran, State.CLOSED, state_since=timezone.now() - timedelta(days=31))
    path = f"{city_path(saran)}etat/DELETE/"
    assert "Pour confirmer, tapez «\u00a0saran\u00a0»" in ops.get(city_path(saran)).content.decode()
    assert ops.post(path, {"reason": REASON}).status_code == 422
    wrong = ops.post(path, {"reason": REASON, "typed_slug": "brest"})
    assert wrong.status_code == 409
    assert says(wrong, ConfirmationMissing)
    assert not DeletionCertificate.objects.exists()
    assert ops.post(path, {"reason": REASON, "typed_slug": " Saran "}).status_code == 302
    assert now_of(saran).state == State.DELETED
    assert 'id="certificate"' in ops.get(city_path(saran)).content.decode()


def test_a_trial_is_extended_with_a_day_and_a_reason(ops: Client, saran: Municipality) -> None:
    path = f"{city_path(saran)}etat/EXTEND_TRIAL/"
    assert "Prolonger l’essai" in ops.get(city_path(saran)).content.decode()
    assert ops.post(path, {"reason": REASON}).status_code == 422
    wrong = ops.post(path, {"reason": REASON, "trial_ends_on": timezone.localdate().isoformat()})
    assert wrong.status_code == 409
    assert says(wrong, TrialEndRefused)
    wanted = timezone.localdate() + timedelta(days=60)
    assert ops.post(path, {"reason": REASON, "trial_ends_on": wanted.isoformat()}).status_code == 302
    assert now_of(saran).trial_ends_on == wanted
    shown = ops.get(city_path(saran)).content.decode()
    assert "<strong>Prolonger l’essai</strong>" in shown
    assert REASON in shown


def test_maintenance_is_begun_and_ended_once(ops: Client, saran: Municipality, visit: Callable[..., Client]) -> None:
    path = f"{city_path(saran)}maintenance/"
    for _unused in range(2):
        ops.post(path, {"on": "1"})
    since = now_of(saran).maintenance_since
    assert since
    assert visit(saran).get("/").status_code == 503
    for _unused in range(2):
        ops.post(path, {"on": "0"})
    assert visit(saran).get("/").status_code == 200
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "maintenance_begun",
        "maintenance_ended",
    ]


def test_a_time_zone_that_was_taken_wrongly_is_mended_and_named(ops: Client, saran: Municipality) -> None:
    assert "Heure de Paris\u00a0: il y est" in ops.get(city_path(saran)).content.decode()
    for wanted in ("Mars/Olympus", "Pacific/Noumea", "Pacific/Noumea"):
        assert ops.post(f"{city_path(saran)}heure/", {"time_zone": wanted}).status_code == 302
    assert now_of(saran).time_zone == "Pacific/Noumea"
    assert AuditEntry.objects.filter(action="time_zone_mended").count() == 1
    shown = ops.get(city_path(saran)).content.decode()
    hour = re.search(r"Heure de la Nouvelle-Calédonie\W+il y est (\d+)", shown)
    assert hour
    there = timezone.now().astimezone(ZoneInfo("Pacific/Noumea"))
    assert int(hour[1]) in (there.hour, (there - timedelta(minutes=1)).hour)
    assert "à l’heure de Paris" in shown
    assert "des jours de la collectivité" in shown  # the end of its trial is in no other time than its own
    assert "Heure de la Nouvelle-Calédonie" in ops.get("/ops/").content.decode()


def test_verifying_is_done_where_the_evidence_stands(ops: Client, saran: Municipality) -> None:
    """No press on a list or on the city's page does it: both lead to what is known."""
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    evidence = f"/ops/verifications/collectivite/{saran.pk}/"
    for path in ("/ops/", city_path(saran)):
        page = ops.get(path).content.decode()
        assert f'<a href="{evidence}">Examiner la demande' in page
        assert "verifier/" not in page
    assert ops.post(f"{city_path(saran)}verifier/").status_code == 404


def test_every_line_of_a_citys_story_is_in_french(ops: Client, saran: Municipality) -> None:
    """What is written in public about a city: each of its actions has its words."""
    recorded = set(re.findall(r'record\(\s*"(\w+)"', Path("tenants/verification/requests.py").read_text()))
    assert recorded == {"authority_verified", "verification_refused"}
    for action in recorded:
        AuditEntry.objects.create(action=action, subject_type="tenants.municipality", subject_id=str(saran.pk))
    page = ops.get(city_path(saran)).content.decode()
    assert not [action for action in recorded if action in page]


def test_a_city_that_does_not_exist_is_a_404(ops: Client) -> None:
    for path in ("/ops/collectivites/999999/", "/ops/collectivites/99999999999999999999/"):
        assert ops.get(path).status_code == 404


def test_markup_in_a_reason_is_text(ops: Client, saran: Municipality) -> None:
    ops.post(f"{city_path(saran)}etat/SUSPEND/", {"reason": "<script>alert(1)</script> trop"})
    page = ops.get(city_path(saran)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
