"""The page of figures: what it says, hides and never lets anybody work out."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import AgeBand, Capacity, Role
from accounts.listing import list_neighbourhoods
from consultations.analysis.enums import Dimension
from consultations.analysis.models import Dashboard
from consultations.analysis.selectors.charts import columns, gaps
from consultations.analysis.selectors.dashboard import Figures, figures_of
from consultations.analysis.selectors.figures_file import head, rows
from consultations.analysis.services.figures import count_figures
from consultations.analysis.services.population import enter_population
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.outcomes.selectors.participants import participants_of
from tenants.models import Municipality
from tests.analysis.people import come
from tests.common.test_masking import Sums, told
from tests.participation.factories import ArgumentFactory, ProposalFactory

PAGE = "/consultations/territoires-resilients/chiffres/"
DESK = "/gestion/consultations/territoires-resilients/chiffres/"
AGES = {band: 100 * number for number, band in enumerate(AgeBand.values, start=1)}


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    found = every_consultation().get(is_current=True)
    Dashboard.objects.create(consultation=found, is_public=True, updated_at=timezone.now())
    return found


def figures(consultation: Consultation, period: str = "") -> Figures:
    at = timezone.now()
    count_figures(at=at)
    return figures_of(consultation, at=at, period=period)


def said(answer: Any) -> str:
    page = answer.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return plain(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def plain(words: str) -> str:
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def population(**said: Any) -> None:
    known = {"source": "Insee", "year": 2023, "whom": "", "ages": AGES, "places": {}, "total": sum(AGES.values())}
    enter_population(actor=None, revision=0, at=timezone.now(), **{**known, **said})


# ── What it says ──────────────────────────────────────────────────────────────


def test_sentences_come_before_figures(
    consultation: Consultation, saran: Municipality, visit: Callable[..., Client]
) -> None:
    proposal = ProposalFactory(author=None)
    people = come(11, proposal=proposal)
    for each in people[:6]:
        ArgumentFactory(proposal=proposal, author=each)
    count_figures(at=timezone.now())
    page = said(visit(saran).get(PAGE))
    assert "11 personnes ont pris part" in page
    assert "Elles ont écrit 1 proposition et 6 arguments. Sur dix réactions, cinq disent pourquoi." in page
    assert page.index("Sur dix réactions") < page.index("55 %")


def test_of_fewer_than_five_a_sentence_and_no_chart(
    consultation: Consultation, saran: Municipality, visit: Callable[..., Client]
) -> None:
    come(4)
    count_figures(at=timezone.now())
    answer = visit(saran).get(PAGE)
    assert "À moins de cinq personnes en tout" in said(answer)
    page = answer.content.decode()
    assert "rows-chart" not in page
    assert "big-figures" not in page


def test_without_a_population_nobody_is_compared_and_shares_stay(
    consultation: Consultation, saran: Municipality, visit: Callable[..., Client]
) -> None:
    come(9, age_band=AgeBand.FROM_25_TO_39)
    come(8, age_band=AgeBand.FROM_75)
    count_figures(at=timezone.now())
    page = said(visit(saran).get(PAGE))
    assert "Qui manque" not in page
    assert "De quel âge" in page


def test_who_is_missing_is_compared_among_those_who_said_it(consultation: Consultation) -> None:
    population()
    come(10, age_band=AgeBand.UNDER_18)
    come(10, age_band=AgeBand.FROM_25_TO_39)
    come(7)
    found = figures(consultation).ages
    assert found is not None
    assert (found.answered, found.unanswered) == (20, 7)
    shares = {plain(gap.label): (gap.share, gap.population) for gap in found.chart.rows}
    assert shares["moins de 18 ans"] == (50, 5)
    assert shares["75 ans ou plus"] == (0, 29)
    assert [plain(each) for each in found.missing] == [
        "de 18 à 24 ans",
        "de 40 à 59 ans",
        "de 60 à 74 ans",
        "75 ans ou plus",
    ]


def test_a_hidden_age_is_not_said_to_be_missing(consultation: Consultation) -> None:
    population()
    come(20, age_band=AgeBand.UNDER_18)
    come(2, age_band=AgeBand.FROM_18_TO_24)
    come(6, age_band=AgeBand.FROM_75)
    come(9)
    found = figures(consultation).ages
    assert found is not None
    hidden = [gap for gap in found.chart.rows if gap.share is None]
    assert {"de 18 à 24 ans", "75 ans ou plus"} <= {plain(gap.label) for gap in hidden}
    assert not any(gap.is_missing for gap in hidden)


def test_the_page_of_results_says_the_same_counts(consultation: Consultation) -> None:
    come(9, capacity=Capacity.RESIDENT)
    come(6, capacity=Capacity.COMPANY)
    count_figures(at=timezone.now())
    come(3, capacity=Capacity.COMPANY)
    assert {part.label: part.count for part in participants_of(consultation).capacities} == {
        "habite ici": 9,
        "entreprise": 6,
    }


# ── Periods ───────────────────────────────────────────────────────────────────


def test_a_period_chooses_days_and_never_counts_persons_anew(consultation: Consultation) -> None:
    consultation.phases.filter(kind="PROPOSE").update(
        opens_at=timezone.now() - timedelta(days=80), closes_at=timezone.now() + timedelta(days=9)
    )
    Consultation.objects.update(opened_at=timezone.now() - timedelta(days=80))
    consultation = every_consultation().get(pk=consultation.pk)
    come(9, days_ago=60, age_band=AgeBand.UNDER_18)
    come(6, days_ago=2, age_band=AgeBand.FROM_75)
    whole, last = figures(consultation), figures(consultation, "30")
    assert (whole.total.counts or {})["reactions"] == 15
    assert (last.total.counts or {})["reactions"] == 6
    assert last.persons == whole.persons == 15
    assert last.lines(Dimension.AGE) == whole.lines(Dimension.AGE)
    assert figures(consultation, "n’importe quoi").period.code == ""


def of_persons(found: Figures) -> dict[tuple[str, str], int | None]:
    """All counts of persons of a file, but for lines that are of contributions alone."""
    table = list(
        csv.reader(StringIO("\n".join(";".join(str(cell or "") for cell in row) for row in rows(found))), delimiter=";")
    )
    return {(row[0], row[1]): int(row[2]) if row[2] else None for row in table if row[2] or row[3]}


@pytest.mark.parametrize("seed", range(3))
def test_nobody_works_out_a_hidden_count_from_all_filters_and_files_together(
    consultation: Consultation, seed: int
) -> None:
    """Every filter, as the page and as the file: whatever stands there for a line is the same, and is solved for."""
    sizes = [(12, 3, 6, 1, 30, 0), (5, 1, 1, 9, 7, 2), (40, 4, 4, 11, 2, 5)][seed]
    for size, band in zip(sizes, AgeBand.values, strict=True):
        come(size, days_ago=3 + 9 * seed, age_band=band, capacity=list(Capacity.values)[size % 5])
    every = [figures(consultation, period.code) for period in figures(consultation).periods]
    known: dict[tuple[str, str], int | None] = {}
    for found in every:
        for line, count in of_persons(found).items():
            if line[1] != "Total":
                assert known.setdefault(line, count) == count, line
                assert count is None or count >= 5, line
    for dimension in Dimension:
        part = every[0].parts.get(dimension)
        if part is None:
            continue
        shown = [each.persons for each in part.parts]
        true = [each or 0 for each in shown]
        sums: Sums = [(list(range(len(shown))), [len(shown)])]
        if part.hides:
            hidden = part.persons - sum(true)
            true[shown.index(None)] = hidden
            assert not told([*true, part.persons], [*shown, part.persons], sums), (dimension, shown)


# ── Who reads it ──────────────────────────────────────────────────────────────


def test_the_city_chooses_whether_everybody_reads_it(
    consultation: Consultation, saran: Municipality, visit: Callable[..., Client], person: Any
) -> None:
    come(6)
    count_figures(at=timezone.now())
    desk, reader = visit(saran, person(role=Role.FACILITATOR)), visit(saran)
    assert PAGE in reader.get("/").content.decode()
    desk.post(f"{DESK}publier/", {"effort": "", "revision": 0})
    assert reader.get(PAGE).status_code == 404
    assert reader.get(f"{PAGE}chiffres.csv").status_code == 404
    assert PAGE not in reader.get("/").content.decode()
    assert "6 personnes ont pris part" in said(desk.get(DESK))
    desk.post(f"{DESK}publier/", {"is_public": "on", "effort": "Des appels.", "revision": 1})
    assert reader.get(PAGE).status_code == 200


def test_two_who_set_it_at_once_see_each_other(
    consultation: Consultation, saran: Municipality, visit: Callable[..., Client], person: Any
) -> None:
    come(6)
    count_figures(at=timezone.now())
    desk = visit(saran, person(role=Role.FACILITATOR))
    assert desk.post(f"{DESK}publier/", {"is_public": "on", "effort": "Des appels.", "revision": 0}).status_code == 302
    second = desk.post(f"{DESK}publier/", {"is_public": "on", "effort": "Des lettres.", "revision": 0})
    assert second.status_code == 409
    assert "pendant que vous écriviez" in said(second)
    assert "appels" in said(second)
    assert "Des lettres." in second.content.decode()


def test_what_a_spreadsheet_would_work_out_is_shown_as_it_is(
    consultation: Consultation, saran: Municipality, visit: Callable[..., Client]
) -> None:
    list_neighbourhoods(actor=None, names=["Le Bourg", "Les Aydes"])
    consultation.challenges.update(label="=1+1")
    come(9, neighbourhood="Le Bourg")
    come(6, neighbourhood="Les Aydes")
    count_figures(at=timezone.now())
    file = visit(saran).get(f"{PAGE}chiffres.csv").content.decode("utf-8-sig")
    assert ";'=1+1;" in file
    assert ";=1+1" not in file
    assert "Personnes de toute la consultation : Quartier;Le Bourg;9;" in file.replace("\u00a0", " ")
    assert file.splitlines()[0].count(";") == len(head()) - 1


def test_it_costs_the_same_however_much_there_is(consultation: Consultation) -> None:
    population()
    costs = []
    for size in (2, 10):
        for _number in range(size):
            come(1, days_ago=size, proposal=ProposalFactory())
        count_figures(at=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            found = figures_of(consultation, at=timezone.now())
            list(rows(found))
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 10


# ── Drawings ──────────────────────────────────────────────────────────────────


def test_columns_stand_side_by_side() -> None:
    day = timezone.localdate()
    first, none, last = columns([(day, 10), (day, 0), (day, 5)])
    assert (first.y, first.height) == ("0.00%", "100.00%")
    assert (last.y, last.height) == ("50.00%", "50.00%")
    assert none.height == "0.00%"
    assert float(first.x[:-1]) < float(none.x[:-1]) < float(last.x[:-1]) < 100 - float(last.width[:-1])


def test_a_gap_is_drawn_where_its_figures_are() -> None:
    chart = gaps([("jeunes", 0.04, 0.11), ("vieux", 0.3, 0.3)])
    assert chart.axis == [0, 20, 40]
    assert (chart.rows[0].x, chart.rows[0].population_x) == ("10.00%", "27.50%")
    assert (chart.rows[0].missing, chart.rows[1].missing) == (6, 0)


def test_a_drawing_is_named_and_has_its_table(
    consultation: Consultation, saran: Municipality, visit: Callable[..., Client]
) -> None:
    with schema_context(saran.schema_name):
        come(9, days_ago=15)
        come(6, days_ago=22)
        count_figures(at=timezone.now())
    page = visit(saran).get(PAGE).content.decode()
    assert re.search(r'<svg class="columns lines"[^>]* role="img" aria-labelledby="days-name days-words">', page)
    assert '<title id="days-name">Propositions, arguments et réactions' in page
    assert "<summary>Lire les chiffres, par semaine et par jour</summary>" in page
    assert not re.search(r"\sstyle=|<script(?![^>]*src)", page[page.index("<main") : page.index("</main>")])


def test_peaks_are_said_in_the_words_of_the_city(
    consultation: Consultation, saran: Municipality, visit: Callable[..., Client], person: Any
) -> None:
    first, quiet = (timezone.localdate() - timedelta(days=ago) for ago in (15, 17))
    come(9, days_ago=15)
    come(6, days_ago=22)
    count_figures(at=timezone.now())
    desk = visit(saran, person(role=Role.FACILITATOR))
    wrong = desk.post(f"{DESK}publier/", {"moments": "lundi la lettre", "revision": 0})
    assert wrong.status_code == 422
    assert "Ligne 1 : écrivez un jour" in said(wrong)
    assert "lundi la lettre" in wrong.content.decode()
    words = f"{first:%d/%m/%Y} la lettre arrive\n{quiet:%d/%m/%Y} un stand"
    desk.post(f"{DESK}publier/", {"is_public": "on", "effort": "", "moments": words, "revision": 0})
    page = said(visit(saran).get(PAGE))
    assert re.search(r"\d, 9 la lettre arrive|, 10 la lettre arrive", page)
    assert "la lettre arrive (9)" in page
    assert "un stand" in page


def test_the_file_of_a_period_has_persons_in_lines_of_the_whole(consultation: Consultation) -> None:
    Consultation.objects.update(opened_at=timezone.now() - timedelta(days=80))
    consultation = every_consultation().get(pk=consultation.pk)
    for days_ago, band in ((60, AgeBand.UNDER_18), (2, AgeBand.FROM_75)):
        come(9, days_ago=days_ago, age_band=band)
    lines = [row[:3] for row in rows(figures(consultation, "30"))]
    assert {row[0] for row in lines if row[2]} == {
        "Toute la consultation", *(row[0] for row in lines if row[0].startswith("Personnes de toute la consultation"))
    }  # fmt: skip
    assert ["Toute la consultation", "Personnes", 18] in lines


def test_the_chart_is_of_weeks_where_there_are_too_many_days(consultation: Consultation) -> None:
    for days_ago in (200, 3):
        come(6, days_ago=days_ago)
    found = figures(consultation).writing
    assert found is not None
    monday, then = (
        day - timedelta(days=day.weekday())
        for day in (timezone.localdate(), timezone.localdate() - timedelta(days=200))
    )
    weeks = (monday - then).days // 7 + 1
    assert (found.are_days, len(found.columns), sum(each.count for each in found.columns)) == (False, weeks, 13)
