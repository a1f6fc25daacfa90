"""A kept page changes exactly when time changes it, and is not made anew because a minute passes."""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tenants.utils import schema_context

from common import clock
from common.kept import KeptPage
from common.kept_parts import kept_fragment, kept_part
from common.templatetags.ui import day
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.voting.models import Vote
from tenants.models import Municipality
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.processes import ROOT
from tests.voting.factories import a_vote

Visit = Callable[..., Client]
Pass = Callable[[datetime], None]
# A little after noon in Paris.
AT = datetime(2027, 3, 9, 11, 20, 30, tzinfo=UTC)
LATER = AT + timedelta(hours=3)
NEXT_MINUTE = AT.replace(minute=21, second=0)
MIDNIGHT = datetime(2027, 3, 9, 23, tzinfo=UTC)


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """Sets the clock."""
    return lambda to: monkeypatch.setattr(clock, "_real_now", lambda: to)


def noted(ask: Callable[[], Any]) -> datetime | None:
    """Until when what asks so of the clock holds."""
    validity = clock.Validity()
    with validity.noted():
        ask()
    return validity.until


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
def test_what_is_compared_with_the_present_holds_until_that_moment(moves: Pass, compare: Callable[..., bool]) -> None:
    moves(AT)
    for here, there in ((timezone.now, lambda: LATER), (lambda: LATER, timezone.now)):
        assert noted(lambda here=here, there=there: compare(here(), there())) == LATER  # type: ignore[misc]
    changes_after = compare not in (operator.lt, operator.ge)
    assert noted(lambda: compare(timezone.now(), AT)) == (AT if changes_after else None)
    assert noted(lambda: compare(timezone.now(), AT - timedelta(seconds=1))) is None
    assert noted(lambda: compare(timezone.now(), timezone.now())) is None
    assert noted(lambda: compare(timezone.now() - timedelta(days=2), LATER)) == LATER + timedelta(days=2)
    assert noted(lambda: compare(timedelta(hours=1) + timezone.now(), LATER)) == LATER - timedelta(hours=1)
    said = compare(AT, LATER)
    with clock.Validity().noted():
        assert compare(timezone.now(), LATER) == said
        assert compare(timezone.localtime(), LATER) == said


@pytest.mark.parametrize(
    ("ask", "until"),
    [
        (lambda: None, None),
        (timezone.now, None),
        (lambda: min(timezone.now(), LATER), LATER),
        (lambda: sorted([LATER, timezone.now()]), LATER),
        (timezone.localdate, MIDNIGHT),
        (lambda: timezone.localtime().date(), MIDNIGHT),
        (lambda: timezone.localtime().year, MIDNIGHT),
        (lambda: timezone.localtime().weekday(), MIDNIGHT),
        (lambda: timezone.localdate(timezone.now() + timedelta(hours=1)), MIDNIGHT - timedelta(hours=1)),
        (lambda: timezone.localdate(timezone=ZoneInfo("Pacific/Tahiti")), datetime(2027, 3, 10, 10, tzinfo=UTC)),
        (lambda: day(AT), MIDNIGHT),
        (lambda: timezone.localtime().hour, NEXT_MINUTE),
        (lambda: f"{timezone.now():%H}", NEXT_MINUTE),
        (lambda: str(timezone.now()), NEXT_MINUTE),
        (lambda: timezone.now().timestamp(), NEXT_MINUTE),
        (lambda: timezone.now().replace(hour=0), NEXT_MINUTE),
        (lambda: LATER - timezone.now(), NEXT_MINUTE),
        (lambda: timezone.now() - LATER, NEXT_MINUTE),
    ],
)
def test_what_else_is_asked_holds_for_a_day_or_a_minute(
    moves: Pass, ask: Callable[[], Any], until: datetime | None
) -> None:
    moves(AT)
    assert noted(ask) == until


@pytest.mark.django_db
def test_what_the_database_compares_holds_for_a_minute(in_saran: Municipality, moves: Pass) -> None:
    moves(AT)
    assert noted(lambda: Phase.objects.filter(opens_at__lte=timezone.now()).exists()) == NEXT_MINUTE

    def asked_directly() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::timestamptz", [timezone.now()])
            assert cursor.fetchone() == (AT,)

    assert noted(asked_directly) == NEXT_MINUTE


def test_elsewhere_the_present_is_a_plain_moment() -> None:
    assert type(timezone.now()) is datetime
    validity = clock.Validity()
    with validity.noted():
        kept = timezone.now()
    assert kept < LATER + timedelta(days=10_000)
    assert validity.until is None, "what is asked afterwards is no part of it"


def test_another_clock_notes_nothing_and_lasts_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    assert noted(lambda: None) == NEXT_MINUTE


def test_a_part_made_before_ends_its_page_too(moves: Pass) -> None:
    moves(AT)
    request: Any = RequestFactory().get("/")
    request.page_state = "state"
    for _unused in range(2):  # made, then found
        assert noted(lambda: kept_fragment(request, "card 1", "says", lambda: str(timezone.now() < LATER))) == LATER

    def in_another() -> None:
        timezone.localdate()
        kept_fragment(request, "card 2", "says", lambda: "what its page was told before")

    assert noted(in_another) == MIDNIGHT
    assert noted(lambda: kept_fragment(request, "card 2", "says", lambda: "anew")) == MIDNIGHT
    moves(MIDNIGHT)
    assert kept_fragment(request, "card 2", "says", lambda: "anew") == "anew"


def test_what_fills_a_hole_for_many_ends_its_page(moves: Pass) -> None:
    moves(AT)
    request: Any = RequestFactory().get("/")
    validity = clock.Validity()
    request.kept_page = KeptPage(HttpResponse(), scopes=None, soon=0, known_at=0.0, validity=validity)
    kept_part(request, "a variant", lambda: str(timezone.now() < LATER))
    assert validity.until == LATER


# ── Pages ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def city(saran: Municipality, moves: Pass, settings: Any) -> Municipality:
    """Saran, where people propose from a week before `AT` to ten days after, and react until later."""
    settings.KEPT_PAGE_SECONDS = 1000.0  # nothing but time changes
    moves(AT)
    with schema_context(saran.schema_name):
        begins = AT - timedelta(days=7)
        for phase in Phase.objects.filter(consultation__is_current=True):
            ends = AT + (timedelta(days=10) if phase.kind == PhaseKind.PROPOSE else timedelta(days=30))
            Phase.objects.filter(pk=phase.pk).update(opens_at=begins, closes_at=ends)
        ArgumentFactory(proposal=ProposalFactory(title="Un banc", submitted_at=AT - timedelta(days=1)))
    return saran


def outcome(city: Municipality, path: str, **kwargs: Any) -> str:
    response = Client(HTTP_HOST=city.host, **kwargs).get(path)
    assert response.status_code == 200, path
    return response.headers["X-Cache"]


def path_of_proposal(city: Municipality) -> str:
    with schema_context(city.schema_name):
        return str(Consultation.objects.get(is_current=True).challenges.first().proposals.get().get_absolute_url())


@pytest.mark.parametrize("path", ["/", "/propositions/", "/defis/ecologie/", "proposal"])
def test_a_page_changes_when_a_phase_ends_and_not_before(city: Municipality, moves: Pass, path: str) -> None:
    path = path_of_proposal(city) if path == "proposal" else path
    ends = datetime(2027, 3, 9, 17, tzinfo=UTC)
    with schema_context(city.schema_name):
        Phase.objects.filter(consultation__is_current=True, kind=PhaseKind.PROPOSE).update(closes_at=ends)
    assert [outcome(city, path), outcome(city, path)] == ["miss", "hit"]
    for still in (NEXT_MINUTE, AT + timedelta(hours=1), ends - timedelta(microseconds=1)):
        moves(still)
        assert outcome(city, path) == "hit"
    moves(ends)
    assert [outcome(city, path), outcome(city, path)] == ["miss", "hit"]


@pytest.mark.parametrize("path", ["/", "/votes/"])
def test_a_page_changes_when_a_vote_opens_and_when_it_closes(city: Municipality, moves: Pass, path: str) -> None:
    opens, closes = datetime(2027, 3, 9, 17, tzinfo=UTC), datetime(2027, 3, 10, 17, tzinfo=UTC)
    with schema_context(city.schema_name):
        a_vote(is_open=False)
        Phase.objects.filter(consultation__is_current=True).update(opens_at=AT, closes_at=AT + timedelta(days=60))
        Vote.objects.update(announced_at=AT, opens_at=opens, closes_at=closes)
    seen = []
    for moment in (AT, opens, closes):
        moves(moment)
        assert [outcome(city, path), outcome(city, path)] == ["miss", "hit"]
        seen.append(Client(HTTP_HOST=city.host).get(path).content)
        moves(moment + timedelta(minutes=2))
        assert outcome(city, path) == "hit"
    assert len(set(seen)) == 3


def test_a_page_changes_at_midnight_where_the_city_is(city: Municipality, moves: Pass) -> None:
    path = path_of_proposal(city)
    assert [outcome(city, path), outcome(city, path)] == ["miss", "hit"]
    moves(MIDNIGHT - timedelta(seconds=1))
    assert outcome(city, path) == "hit"
    moves(MIDNIGHT)
    assert outcome(city, path) == "miss"


def test_seven_hundred_proposals_are_not_made_anew_because_a_minute_passes(city: Municipality, moves: Pass) -> None:
    """Some of them, and all that everybody reads."""
    with schema_context(city.schema_name):
        paths = [each.get_absolute_url() for each in ProposalFactory.create_batch(3)]
    paths = ["/", "/propositions/", "/defis/ecologie/", *paths]
    assert {outcome(city, path) for path in paths} == {"miss"}
    moves(NEXT_MINUTE + timedelta(minutes=5))
    assert {outcome(city, path) for path in paths} == {"hit"}


# ── No other clock ────────────────────────────────────────────────────────────

_OTHER_CLOCKS = re.compile(
    r"\bdatetime\.now\(|\bdate\.today\(|\bdatetime\.today\(|\butcnow\(|\bCURRENT_(DATE|TIMESTAMP)\b"
)
_CLOCKS_OF_TEMPLATES = re.compile(r"{% now |\|time(since|until)|\|natural(time|day)")


def test_nothing_that_pages_show_reads_another_clock() -> None:
    """Of what is not kept, pages of the team may."""
    python, templates = set(), set()
    for app in ("platform", "consultations", "tenants"):
        for path in (ROOT / app).rglob("*.*"):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix == ".py" and "/migrations/" not in name and _OTHER_CLOCKS.search(path.read_text()):
                python.add(name)
            if path.suffix in (".html", ".xml", ".txt") and _CLOCKS_OF_TEMPLATES.search(path.read_text()):
                templates.add(name)
    assert python == set()
    assert not {name for name in templates if not {"backoffice", "ops"} & set(name.split("/"))}
