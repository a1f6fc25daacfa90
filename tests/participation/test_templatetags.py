"""Signs, balances and journeys of proposals in templates."""

from collections.abc import Iterator

import pytest
from django.template import engines
from django.utils import translation

from common.templatetags.ui import figure
from consultations.participation.enums import Stage
from consultations.participation.templatetags import proposals


@pytest.fixture(autouse=True)
def in_french() -> Iterator[None]:
    with translation.override("fr"):
        yield


def rendered(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load proposals %}" + source).render(context)


@pytest.mark.parametrize("code", ["LIKE", "DISLIKE", "MIXED", "FOR", "IMPROVE"])
def test_a_disc_is_drawn_for_stances_and_reactions(code: str) -> None:
    assert rendered("{% sign code %}", code=code).startswith('<svg class="disc"')


@pytest.mark.parametrize(("counts", "bars"), [((52, 11, 6), 3), ((3, 0, 1), 2), ((1, 0, 0), 1), ((10000, 1, 1), 3)])
def test_a_balance_fills_its_width_and_says_its_counts(counts: tuple[int, int, int], bars: int) -> None:
    shown = proposals.balance(*counts)
    assert shown.count("<path") == bars
    assert shown.count("visually-hidden") == 1
    for count in counts:
        assert figure(count) in shown


def test_a_balance_of_nothing_shows_no_bar() -> None:
    assert "<svg" not in proposals.balance(0, 0, 0)


@pytest.mark.parametrize("stage", Stage.values)
def test_the_small_journey_shows_five_stations(stage: str) -> None:
    shown = proposals.journey_mini(stage)
    assert shown.count("<circle") == 5
    assert shown.count("to-come") == 4 - Stage.values.index(stage)
