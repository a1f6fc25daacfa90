"""Signs, figures, days and forms in templates."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.utils import timezone, translation

from common.templatetags import ui


@pytest.fixture(autouse=True)
def in_french():
    with translation.override("fr"), timezone.override("Europe/Paris"):
        yield


def rendered(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


@pytest.mark.parametrize("name", ui.ICONS)
def test_an_icon_says_nothing_to_a_screen_reader(name: str) -> None:
    assert 'aria-hidden="true"' in rendered("{% icon name %}", name=name)


@pytest.mark.parametrize("name", ["for", "half", "against"])
def test_a_disc_is_drawn(name: str) -> None:
    assert rendered("{% disc name %}", name=name).startswith('<svg class="disc"')


def test_the_city_mark_the_sunrise_and_the_wordmark_are_inlined() -> None:
    assert rendered("{% city_mark %}{% sunrise %}{% wordmark %}").count("<svg") == 3


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (17316, "17\u202f316"),
        (1234567, "1\u202f234\u202f567"),
        (-1200, "−1\u202f200"),
        (Decimal("1200.50"), "1\u202f200,50"),
        ("2000", "2\u202f000"),
        ("—", "—"),
        (None, ""),
    ],
)
def test_a_figure_has_narrow_spaces_between_thousands(number: object, shown: str) -> None:
    assert rendered("{{ number|figure }}", number=number) == shown


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (date(2026, 10, 5), "5\u00a0octobre"),
        (date(2026, 11, 1), "1er\u00a0novembre"),
        (date(2026, 10, 21), "21\u00a0octobre"),
        (datetime(2026, 10, 5, 23, 30, tzinfo=UTC), "6\u00a0octobre"),
        (None, ""),
    ],
)
def test_a_day_is_said_as_in_french_and_where_one_stands(moment: date | None, shown: str) -> None:
    assert rendered("{{ moment|day }}", moment=moment) == shown


def test_a_full_day_has_its_year() -> None:
    assert ui.full_day(date(2026, 10, 5)) == "5\u00a0octobre 2026"


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        ((2026, 10, 5), (2026, 11, 2), "du 5 octobre au 2 novembre"),
        ((2026, 12, 24), (2027, 1, 21), "du 24 décembre 2026 au 21 janvier 2027"),
    ],
)
def test_a_period_of_two_years_has_both(opens: tuple[int, int, int], closes: tuple[int, int, int], said: str) -> None:
    moments = {"opens": datetime(*opens, 9, tzinfo=UTC), "closes": datetime(*closes, 9, tzinfo=UTC)}
    assert rendered("{% period opens closes %}", **moments) == said


def test_paragraphs_are_parted_by_blank_lines_and_escaped() -> None:
    text = "Un <script>\r\nmot & un autre\n\n \n« Deux »\n"
    assert rendered("{{ text|paragraphs }}", text=text) == (
        "<p>Un &lt;script&gt;<br>mot &amp; un autre</p>\n<p>« Deux »</p>"
    )
    assert rendered("{{ text|paragraphs }}", text="") == ""


class Letter(forms.Form):
    words = forms.CharField(
        label="Vos mots",
        help_text="Une phrase <b>suffit</b>.",
        widget=forms.Textarea({"class": "big-field", "minlength": 20, "maxlength": 2000}),
    )
    quality = forms.ChoiceField(choices=[("A", "a"), ("B", "b")], widget=forms.RadioSelect, required=False)
    agreed = forms.BooleanField(label="Je suis d’accord")


def test_a_field_is_wired_to_its_label_hint_counter_and_error() -> None:
    shown = Letter({"words": ""}).as_div()
    assert '<label class="form-label" for="id_words">' in shown
    assert 'class="big-field form-control is-invalid"' in shown
    assert 'aria-describedby="id_words_helptext id_words_error id_words_counter"' in shown
    assert 'aria-invalid="true"' in shown
    for name in ("helptext", "error", "counter"):
        assert f'id="id_words_{name}"' in shown
    assert "&lt;b&gt;" in shown


def test_choices_are_a_fieldset_and_a_tick_box_comes_before_its_label() -> None:
    shown = Letter().as_div()
    assert shown.count('class="form-check-input" type="radio"') == 2
    assert '<legend class="form-label">' in shown
    assert shown.index('type="checkbox"') < shown.index('for="id_agreed"')


def test_the_summary_of_a_refused_form_links_to_the_fields() -> None:
    form = Letter({"words": "", "agreed": "on"})
    shown = rendered('{% include "common/components/_form_errors.html" %}', form=form)
    assert 'href="#id_words"' in shown
    assert 'href="#id_agreed"' not in shown


def test_a_long_list_offers_its_first_last_and_near_pages() -> None:
    page = Paginator(range(180), 10).page(7)
    assert ui.page_window(page) == [1, "…", 6, 7, 8, "…", 18]


@pytest.mark.parametrize("name", ["404", "403", "403_csrf", "429", "500", "503", "unknown_host"])
def test_error_pages_need_nothing(name: str) -> None:
    shown = engines["django"].get_template(f"{name}.html").render()
    assert shown.count("<h1") == 1
