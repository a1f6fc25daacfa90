"""The population that figures are compared with: typed or read from a table, and refused where it does not add up."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import AgeBand, Role
from accounts.listing import list_neighbourhoods
from consultations.analysis.models import Population
from consultations.analysis.population_file import FileNotRead, read_table
from consultations.analysis.services.population import DoesNotAddUp, enter_population
from tenants.models import Municipality

PAGE = "/gestion/population/"
TYPED = {
    "source": "Insee, recensement",
    "year": "2023",
    "whom": "12 ans et plus",
    "total": "1 000",
    "revision": "0",
    "age_UNDER_18": "100",
    "age_FROM_18_TO_24": "100",
    "age_FROM_25_TO_39": "200",
    "age_FROM_40_TO_59": "300",
    "age_FROM_60_TO_74": "200",
    "age_FROM_75": "100",
}


@pytest.fixture
def desk(saran: Municipality, visit: Callable[..., Client], person: Any) -> Client:
    return visit(saran, person(role=Role.FACILITATOR))


def words(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_what_adds_up_is_kept(desk: Client, saran: Municipality) -> None:
    assert desk.post(PAGE, TYPED).status_code == 302
    with schema_context(saran.schema_name):
        kept = Population.objects.get()
    assert (kept.source, kept.year, kept.total, kept.revision) == ("Insee, recensement", 2023, 1000, 1)
    assert kept.ages[AgeBand.FROM_40_TO_59] == 300
    assert kept.places == {}
    assert 'value="12 ans et plus"' in words(desk.get(PAGE))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"total": "1 100"}, "Les âges font 1 000 habitants, et le total dit 1 100 : il en manque 100."),
        ({"total": "900"}, "Les âges font 1 000 habitants, et le total dit 900 : 100 de trop."),
        ({"total": "beaucoup"}, "Écrivez un nombre entier, par exemple 16320."),
        ({"age_FROM_75": "-100"}, "Écrivez un nombre entier, par exemple 16320."),
        ({"source": ""}, "Ce champ est obligatoire"),
        ({"year": ""}, "Ce champ est obligatoire"),
        ({"year": "2999"}, "Une année de 1990 à"),
    ],
)
def test_what_does_not_is_refused_beside_what_was_typed(
    desk: Client, saran: Municipality, wrong: dict[str, str], sentence: str
) -> None:
    answer = desk.post(PAGE, {**TYPED, **wrong})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="300"' in words(answer), "nothing typed is lost"
    with schema_context(saran.schema_name):
        assert not Population.objects.exists()


def test_the_service_refuses_what_does_not_add_up(in_saran: Municipality) -> None:
    said = {"source": "Insee", "year": 2023, "whom": "", "total": 10, "ages": {}, "places": {"le-bourg": 9}}
    with pytest.raises(DoesNotAddUp) as refusal:
        enter_population(actor=None, revision=0, at=timezone.now(), **said)
    assert refusal.value.code == "population_does_not_add_up"
    assert refusal.value.part == "places"


def test_two_who_type_at_once_see_each_other(desk: Client) -> None:
    assert desk.post(PAGE, TYPED).status_code == 302
    assert desk.post(PAGE, TYPED).status_code == 302, "the same again is nothing"
    answer = desk.post(PAGE, {**TYPED, "source": "Insee, 2020"})
    assert answer.status_code == 409
    assert "Insee, 2020" in words(answer)
    assert "recensement" in words(answer)


def table(content: str, **kept: Any) -> Any:
    return read_table(
        content.encode(kept.get("encoding", "utf-8")), listed={"le-bourg": "Le Bourg", "les-aydes": "Les Aydes"}
    )


def test_a_table_is_read_as_spreadsheets_and_statisticians_write_it() -> None:
    found = table(
        "Âge;Habitants\n12-17 ans;1 310\n18 à 24 ans;1480\nde 25 à 39 ans;3060\n40-59;4090\n60-74 ans;2520\n"
        "75 ans ou plus;1540\nEnsemble;14 000\n\nLe Bourg;6000\nLES AYDES;8000\n"
    )
    assert list(found.ages.values()) == [1310, 1480, 3060, 4090, 2520, 1540]
    assert set(found.ages) == set(AgeBand.values)
    assert found.places == {"le-bourg": 6000, "les-aydes": 8000}
    assert found.total == 14000
    assert table("moins de 18 ans,12\n", encoding="cp1252").ages == {AgeBand.UNDER_18: 12}
    assert table("15-17 ans\t12\n").ages == {AgeBand.UNDER_18: 12}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "Rien n’a été lu"),
        ("Âge;Habitants\n18-24;beaucoup\n", "Ligne 2 : sa dernière case"),
        ("18-24;10\n18 à 24 ans;10\n", "y est deux fois"),
        ("20-29 ans;10\n", "« 20-29 ans » n’est ni un de nos âges"),
        ("Atlantide;10\n", "« Atlantide » n’est ni un de nos âges"),
        ("18-24;10\n" * 400, "y est deux fois"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_line(content: str, sentence: str) -> None:
    with pytest.raises(FileNotRead) as refusal:
        table(content)
    assert sentence in str(refusal.value.message).replace("\u00a0", " ")
    assert refusal.value.code == "population_file"


def test_a_table_fills_the_form_and_saves_nothing(desk: Client, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        list_neighbourhoods(actor=None, names=["Le Bourg", "Les Aydes"])
    file = SimpleUploadedFile("population.csv", b"Le Bourg;60\nLes Aydes;40\n", content_type="text/csv")
    answer = desk.post(PAGE, {"table": file, "action": "table"})
    assert answer.status_code == 200
    assert 'name="place_0" value="60"' in words(answer)
    assert 'name="total" value="100"' in words(answer)
    assert "Rien n’est encore enregistré" in words(answer)
    with schema_context(saran.schema_name):
        assert not Population.objects.exists()


def test_no_table_at_all_and_one_that_is_too_heavy_are_said_at_their_field(desk: Client) -> None:
    assert desk.post(PAGE, {"action": "table"}).status_code == 422
    heavy = SimpleUploadedFile("population.csv", b"x" * 300_000, content_type="text/csv")
    answer = desk.post(PAGE, {"table": heavy, "action": "table"})
    assert answer.status_code == 422
    assert "pèse moins de 200 ko" in words(answer)
