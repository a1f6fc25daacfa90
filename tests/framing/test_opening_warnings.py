"""What is odd about an opening is said before it, and holds nothing back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from common.templatetags.ui import full_day
from common.worklist import Asked
from consultations.framing.enums import ModeratedBy, PhaseKind
from consultations.framing.models import Calendar, Consultation, Phase
from consultations.framing.opening_checks import promise
from consultations.framing.opening_warnings import days_in, of_the_same_question, opening_warnings, own_warnings
from consultations.framing.services.opening import open_consultation
from consultations.moderation.opening_warnings import of_elections
from onboarding.models import Authority
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.school_holidays import holidays_on, zone_of
from tests.accounts.factories import UserFactory
from tests.framing.factories import make_ready


def warned(
    *,
    on: date,
    code: str = "45302",
    commitment: str = "",
    closed: bool = True,
    days: int = 30,
    trial_ends_on: date | None = None,
    answers: tuple[date, date] | None = None,
) -> list[str]:
    """The titles for an opening at eight o'clock on that day, of a city with that code."""
    opens_at = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    phases = [
        Phase(kind=PhaseKind.PROPOSE, opens_at=opens_at, closes_at=opens_at + timedelta(days=days) if closed else None),
        Phase(kind=PhaseKind.FOLLOW, opens_at=opens_at + timedelta(days=300)),
    ]
    if answers:
        first, last = (datetime(each.year, each.month, each.day, tzinfo=UTC) for each in answers)
        phases.append(Phase(kind=PhaseKind.ANSWER, opens_at=first, closes_at=last))
    department = code[:3] if code.startswith(("97", "98")) else code[:2]
    found = own_warnings(
        consultation=Consultation(commitment=commitment),
        calendar=Calendar(phases=phases, at=opens_at - timedelta(days=20)),
        municipality=Municipality(
            kind="COMMUNE",
            authority_code=code,
            department_code=department,
            state=LifecycleState.TRIAL,
            trial_ends_on=trial_ends_on,
        ),
    )
    return [each.title for each in found]


# A commune of each place that sets its own calendar.
OVERSEAS = ["97105", "97209", "97302", "97502", "97611", "97701", "97801", "98613", "98735", "98818"]
SARAN, LYON, PARIS, SAINT_DENIS, AJACCIO = "45302", "69123", "75056", "97411", "2A004"
HOLIDAYS = "L’ouverture tombe pendant les vacances scolaires"


@pytest.mark.parametrize(
    ("on", "away"),
    [
        (date(2026, 10, 16), ""),
        (date(2026, 10, 17), "ABC"),
        (date(2026, 11, 1), "ABC"),
        (date(2026, 11, 2), ""),
        (date(2027, 1, 3), "ABC"),
        (date(2027, 1, 4), ""),
        (date(2027, 2, 6), "C"),
        (date(2027, 2, 13), "AC"),
        (date(2027, 2, 22), "AB"),
        (date(2027, 3, 7), "B"),
        (date(2027, 4, 3), "C"),
        (date(2027, 4, 25), "AB"),
        (date(2027, 5, 2), "B"),
        (date(2027, 7, 2), ""),
        (date(2027, 7, 14), "ABC"),
        (date(2027, 9, 6), ""),
        (date(2027, 10, 22), ""),
        (date(2027, 10, 23), "ABC"),
        (date(2028, 2, 5), "B"),
        (date(2028, 3, 5), "A"),
        (date(2028, 5, 1), "AC"),
        (date(2028, 5, 9), ""),
    ],
)
def test_an_opening_in_the_holidays_of_its_zone_is_named(on: date, away: str) -> None:
    said = {zone: HOLIDAYS in warned(on=on, code=code) for zone, code in zip("ABC", (LYON, SARAN, PARIS), strict=True)}
    assert said == {zone: zone in away for zone in "ABC"}
    assert {zone for zone in "ABC" if holidays_on(on, zone=zone)} == set(away)


@pytest.mark.parametrize(
    ("code", "on"),
    [(SAINT_DENIS, date(2027, 1, 10)), (AJACCIO, date(2027, 1, 10)), (SARAN, date(2028, 9, 4))]
    + [(code, date(2027, 1, 10)) for code in OVERSEAS],
)
def test_where_the_calendar_says_nothing_the_page_says_so(code: str, on: date) -> None:
    titles = warned(on=on, code=code)
    assert len(titles) == 1
    assert titles[0].startswith("Y a-t-il école le")


@pytest.mark.parametrize(("day", "odd"), [(21, False), (22, True), (25, True), (28, True), (29, False)])
def test_three_days_on_either_side_of_christmas(day: int, odd: bool) -> None:
    assert ("L’ouverture tombe autour de Noël" in warned(on=date(2026, 12, day))) is odd


@pytest.mark.parametrize("code", [AJACCIO, SAINT_DENIS, *OVERSEAS])
def test_christmas_is_christmas_where_the_school_calendar_is_not_known(code: str) -> None:
    titles = warned(on=date(2026, 12, 24), code=code)
    assert HOLIDAYS not in titles
    assert len([title for title in titles if title.startswith("Y a-t-il école le")]) == 1
    assert titles[1:] == ["L’ouverture tombe autour de Noël"]


def test_a_phase_without_end_is_named_but_not_the_one_that_follows_up() -> None:
    assert warned(on=date(2027, 1, 10)) == []
    assert warned(on=date(2027, 1, 10), closed=False) == ["La phase «\u00a0Proposer\u00a0» n’a pas de fin"]


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (14, "Les gens ont peu de temps pour proposer"),
        (15, ""),
        (366, ""),
        (367, "On peut proposer pendant plus d’un an"),
    ],
)
def test_little_time_to_propose_and_more_than_a_year_are_named(days: int, title: str) -> None:
    assert warned(on=date(2027, 1, 10), days=days) == [title] * bool(title)


def test_a_trial_that_ends_while_people_take_part_is_named() -> None:
    opens = date(2027, 1, 10)
    assert warned(on=opens, trial_ends_on=opens + timedelta(days=29)) == ["Votre essai finit pendant la consultation"]
    assert warned(on=opens, trial_ends_on=opens + timedelta(days=30)) == []


@pytest.mark.parametrize(
    ("on", "days", "near"),
    [
        (date(2026, 9, 1), 29, False),
        (date(2026, 9, 1), 35, True),
        (date(2027, 4, 20), 20, True),
        (date(2027, 5, 10), 20, False),
    ],
)
def test_a_vote_whose_months_meet_the_consultation_is_named(db: None, on: date, days: int, near: bool) -> None:
    opens_at = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    phases = [Phase(kind=PhaseKind.PROPOSE, opens_at=opens_at, closes_at=opens_at + timedelta(days=days))]
    calendar = Calendar(phases=phases, at=opens_at)
    found = list(of_elections(Consultation(), calendar, Municipality(kind="COMMUNE")))
    assert [each.title for each in found] == ["On participe dans les mois qui précèdent un vote"] * near
    assert all("il n’est pas établi" in each.detail for each in found), "as the banner says it"


def test_a_question_that_another_consultation_asks_already_is_named(in_saran: Municipality) -> None:
    earlier = Consultation.objects.get()
    calendar = Calendar(phases=[], at=timezone.now())
    for question, named in ((earlier.question, True), ("Que faire du parc ?", False)):
        found = list(of_the_same_question(Consultation(question=question), calendar, in_saran))
        assert [earlier.title in each.detail for each in found] == [True] * named
    assert not list(of_the_same_question(earlier, calendar, in_saran)), "it is not another one"


@pytest.mark.parametrize(
    ("moderation", "team", "titles"),
    [
        ("AFTER", 1, ["Une seule personne modère"]),
        ("BEFORE", 1, ["Une seule personne lit avant publication", "Une seule personne modère"]),
        ("BEFORE", 2, []),
    ],
)
def test_one_person_who_moderates_alone_is_named(
    in_saran: Municipality, moderation: str, team: int, titles: list[str]
) -> None:
    for number in range(team):
        UserFactory(administrator=True, public_name=f"Personne {number}")
    consultation = Consultation(moderated_by=ModeratedBy.FRAMERS, moderation=moderation)
    calendar = Calendar(phases=[], at=timezone.now())
    found = opening_warnings(consultation=consultation, calendar=calendar, municipality=in_saran)
    assert [each.title for each in found if "Une seule" in each.title] == titles


@pytest.mark.parametrize(
    ("commitment", "title"),
    [
        ("Une réponse à chacun avant le 30 mars 2027.", "Une date de votre engagement vient avant vos réponses"),
        ("Nous répondrons fin avril.", ""),
        ("Nous répondrons au plus tard le 15/05/2027.", ""),
        ("Les réponses viendront le 1er septembre 2027.", "Une date de votre engagement vient après vos réponses"),
        ("Nous répondrons à tout le monde, promis.", "Votre engagement ne donne pas de date"),
        ("Nous répondrons à chaque proposition dans les trois mois.", ""),
        ("Nous répondrons sous 60 jours.", ""),
    ],
)
def test_answers_promised_outside_their_phase_are_named(commitment: str, title: str) -> None:
    answers = date(2027, 4, 15), date(2027, 6, 15)
    assert warned(on=date(2027, 1, 10), commitment=commitment, answers=answers) == [title] * bool(title)


@pytest.mark.parametrize(
    ("commitment", "promised"),
    [
        ("Une réponse à chacun avant le 10 mars 2027.", date(2027, 3, 10)),
        ("Une réunion le 10 mars 2027. Nous répondrons en mai 2027.", None),
        ("Nous répondrons le 31 mars 2027.", None),
    ],
)
def test_answers_promised_while_people_still_write_hold_the_opening_back(
    in_saran: Municipality, commitment: str, promised: date | None
) -> None:
    phases = [Phase(kind="PRIORITISE", closes_at=datetime(2027, 3, 31, 22, tzinfo=UTC))]
    calendar = Calendar(phases=phases, at=datetime(2027, 1, 10, tzinfo=UTC))
    said = {"decision_maker": "Le conseil", "commitment": commitment, "slug": "s"}
    asked = Asked(Consultation(**said), calendar, in_saran, calendar.at)
    conditions = list(promise(asked))
    assert [each.holds for each in conditions] == [False] * bool(promised)
    if promised:
        assert full_day(promised) in conditions[0].detail
        assert "31\xa0mars 2027" in conditions[0].detail


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("avant le 1er juin 2027", [date(2027, 6, 1)]),
        ("en février 2028, puis le 3 MARS", [date(2028, 2, 29), date(2027, 3, 3)]),
        ("avant la fin de l’année", [date(2026, 12, 31)]),
        ("le 31 février 2027, le 40/13/2027", []),
        ("les maires du marais", []),
    ],
)
def test_days_are_read_in_a_french_text(text: str, days: list[date]) -> None:
    assert days_in(text, after=date(2026, 11, 28)) == days


def test_every_authority_of_the_mainland_has_a_zone(db: None) -> None:
    without = {
        authority.department_code or authority.code
        for authority in Authority.objects.order_by("pk").only("kind", "code", "siren", "department_code")
        if not zone_of(
            Municipality(
                kind=authority.kind,
                authority_code=authority.code,
                siren=authority.siren,
                department_code=authority.department_code,
            )
        )
    }
    overseas = {code for code in without if code.startswith(("97", "98"))}
    assert without - overseas <= {"2A", "2B", "94", "01", "02", "03", "04", "06"}, "Corsica, and regions overseas"


def test_a_city_that_typed_its_siren_has_the_zone_of_it_and_200_says_nothing() -> None:
    assert zone_of(Municipality(kind="EPCI", siren="244500468")) == "B"
    assert zone_of(Municipality(kind="EPCI", siren="200146977")) == ""


def test_warnings_stand_on_the_page_and_hold_nothing_back(
    in_saran: Municipality, visit: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = Consultation.objects.get()
    Consultation.objects.update(opened_at=None)
    opens_at = datetime(2027, 12, 24, 8, tzinfo=UTC)
    make_ready(consultation, opens_at=opens_at, closes_at=opens_at + timedelta(days=30))
    client = visit(in_saran, UserFactory(administrator=True), stays=True)
    page = client.get("/gestion/consultations/territoires-resilients/ouverture/").content.decode()
    assert "L’ouverture tombe autour de Noël" in page
    assert "/gestion/consultations/territoires-resilients/ouvrir/" in page
    consultation.refresh_from_db()
    open_consultation(consultation=consultation, municipality=in_saran, actor=None, at=timezone.now())
    consultation.refresh_from_db()
    assert consultation.opened_at
