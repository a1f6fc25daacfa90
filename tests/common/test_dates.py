"""Days and hours that people write: what clocks skip, what they show twice, what is beyond reason."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from common.dates import DayField, MomentField, moment_here
from common.templatetags.ui import day, deadline, first_day

SKIPPED, TWICE = "2026-03-29T02:30", "2026-10-25T02:30"  # in Paris
SENTENCES = {
    SKIPPED: "on passe à l’heure d’été",
    TWICE: "on passe à l’heure d’hiver",
    "0001-01-01T00:00": "entre 1990 et 2099",
    "9999-12-31T23:59": "entre 1990 et 2099",
    "2100-01-01T00:00": "entre 1990 et 2099",
    "2026-02-30T10:00": "valide",
    "hier": "valide",
    "2026-W10": "valide",
    "2026-W10-2T10:00": "valide",
    "2026-03-10": "valide",
    "10/03/2026": "valide",
}


@pytest.mark.parametrize(("typed", "sentence"), SENTENCES.items())
def test_a_moment_that_is_none_gets_a_sentence(typed: str, sentence: str) -> None:
    with timezone.override("Europe/Paris"), translation.override("fr"), pytest.raises(ValidationError) as refused:
        MomentField().clean(typed)
    assert sentence in refused.value.messages[0]


@pytest.mark.parametrize("zone", ["Pacific/Tahiti", "Indian/Reunion", "Pacific/Noumea"])
@pytest.mark.parametrize("typed", [SKIPPED, TWICE])
def test_where_clocks_are_never_changed_each_moment_exists(typed: str, zone: str) -> None:
    with timezone.override(zone):
        moment = MomentField().clean(typed)
        assert timezone.localtime(moment).isoformat()[:16] == typed


def test_a_moment_is_read_in_the_zone_in_force() -> None:
    with timezone.override("Pacific/Noumea"):
        assert MomentField().clean("2027-03-01T18:00") == datetime(2027, 3, 1, 7, tzinfo=UTC)


def test_one_with_an_offset_is_what_it_says() -> None:
    with timezone.override("Pacific/Tahiti"):
        assert moment_here(datetime(2026, 3, 29, 2, 30, tzinfo=UTC)) == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["0001-01-01", "1989-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_beyond_reason_gets_a_sentence(typed: str) -> None:
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        DayField().clean(typed)
    assert refused.value.messages == ["Choisissez une année entre 1990 et 2099."]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("2027-01-31T23:59", "31\u00a0janvier 2027"),
        ("2027-02-01T00:00", "31\u00a0janvier 2027"),
        ("2027-01-31T02:30", "31\u00a0janvier 2027 à 2\u00a0h\u00a030"),
        ("2026-12-01T18:00", "1er\u00a0décembre 2026 à 18\u00a0h"),
    ],
)
def test_an_end_says_its_hour_unless_its_day_is_whole(end: str, words: str) -> None:
    here = datetime.fromisoformat(end).replace(tzinfo=timezone.get_current_timezone())
    assert deadline(here).replace("\u202f", "\u00a0") == words


def test_a_day_says_its_year_unless_that_is_the_present_one() -> None:
    this = timezone.localdate().year
    assert day(date(this, 4, 5)) == "5\u00a0avril"
    assert day(date(this - 2, 4, 5)) == f"5\u00a0avril {this - 2}"
    assert first_day(datetime(2027, 1, 31, 23, 59, tzinfo=timezone.get_current_timezone())) == date(2027, 2, 1)
