"""The colours of a city and of the themes: contrast is computed, whatever is picked."""

import random
import re
from pathlib import Path

import pytest

from common.tones import NIGHT, PAPER, SOURCES, city_stylesheet, contrast, css, tone_class, tones

TOKENS = Path(__file__).parents[2] / "platform/common/static/common/css/tokens.css"


def some_colours() -> list[str]:
    chosen = random.Random(45302)
    corners = ["#000000", "#ffffff", "#ffff00", "#0000ff", "#ff0000", "#808080", "#f2a71b"]
    return corners + [f"#{chosen.randrange(0x1000000):06x}" for _ in range(300)]


@pytest.mark.parametrize("colour", some_colours())
def test_text_and_shapes_stand_out_in_any_colour(colour: str) -> None:
    for ground, declared in zip((PAPER, NIGHT), tones(colour), strict=True):
        for behind in (ground, declared["wash"], declared["soft"]):
            assert contrast(declared["ink"], behind) >= 4.5
        assert contrast(declared["on"], declared["fill"]) >= 4.5
        assert contrast(declared["mark"], ground) >= 3
        assert contrast(declared["mark"], declared["wash"]) >= 3
        for behind in (declared["poster"], declared["poster-2"]):
            assert contrast(declared["on-poster"], behind) >= 4.5


def test_a_light_colour_keeps_its_brightness_and_carries_dark_words() -> None:
    day, _night = tones("#f2a71b")
    assert (day["fill"], day["on"]) == ("#f2a71b", "#1c1b19")


def test_the_stylesheet_of_a_city_declares_its_tones_for_day_and_night() -> None:
    written = city_stylesheet("#F2A71B")
    assert written == city_stylesheet("f2a71b")
    assert written.count(".tone-city {") == 2
    assert "@media (prefers-color-scheme: dark)" in written
    assert written.count("{") == written.count("}")


@pytest.mark.parametrize("colour", ["", "#fff", "red", "#12345g", "#f2a71b;}", "#f2a71b\n"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        city_stylesheet(colour)


@pytest.mark.parametrize("name", SOURCES)
def test_the_tokens_of_the_themes_are_those_computed(name: str) -> None:
    written = " ".join(re.sub(r"\s+", " ", TOKENS.read_text()).split())
    for declared in tones(SOURCES[name]):
        assert css(name, declared) in written


def test_a_theme_code_gives_its_class() -> None:
    assert tone_class("ECOLOGY") == "tone-ecology"
