"""French before the name of an authority: tried on all the names that the directory has."""

import gzip
import re
from pathlib import Path

import pytest
from django.template import Context, Template

from common.names_of_places import of_person, of_place

DIRECTORY = Path(__file__).resolve().parents[2] / "onboarding" / "directory" / "authorities-2026.tsv.gz"


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("Orléans", "COMMUNE", "d’Orléans"),
        ("Saran", "COMMUNE", "de Saran"),
        ("Le Havre", "COMMUNE", "du Havre"),
        ("Les Mureaux", "COMMUNE", "des Mureaux"),
        ("La Rochelle", "COMMUNE", "de La Rochelle"),
        ("L’Haÿ-les-Roses", "COMMUNE", "de L’Haÿ-les-Roses"),
        ("Lesquin", "COMMUNE", "de Lesquin"),
        ("Épinal", "COMMUNE", "d’Épinal"),
        ("Œuilly", "COMMUNE", "d’Œuilly"),
        ("Île-d'Aix", "COMMUNE", "d’Île-d'Aix"),
        ("Hyères", "COMMUNE", "d’Hyères"),
        ("Hénin-Beaumont", "COMMUNE", "d’Hénin-Beaumont"),
        ("Haguenau", "COMMUNE", "de Haguenau"),
        ("Yvetot", "COMMUNE", "d’Yvetot"),
        ("Yutz", "COMMUNE", "de Yutz"),
        ("Y", "COMMUNE", "d’Y"),
        ("Vienne", "COMMUNE", "de Vienne"),
        ("Vienne", "DEPARTMENT", "de la Vienne"),
        ("Loiret", "DEPARTMENT", "du Loiret"),
        ("Landes", "DEPARTMENT", "des Landes"),
        ("Ain", "DEPARTMENT", "de l’Ain"),
        ("Ille-et-Vilaine", "DEPARTMENT", "d’Ille-et-Vilaine"),
        ("Bretagne", "REGION", "de Bretagne"),
        ("Grand Est", "REGION", "du Grand Est"),
        ("Pays de la Loire", "REGION", "des Pays de la Loire"),
        ("CC du Perche", "INTERCOMMUNALITY", "de la CC du Perche"),
        ("Orléans Métropole", "INTERCOMMUNALITY", "d’Orléans Métropole"),
        ("Métropole de Lyon", "INTERCOMMUNALITY", "de la Métropole de Lyon"),
        ("Eurométropole de Strasbourg", "INTERCOMMUNALITY", "de l’Eurométropole de Strasbourg"),
        ("Syndicat mixte du Loing", "INTERCOMMUNALITY", "du Syndicat mixte du Loing"),
        ("votre collectivité", "DEPARTMENT", "de votre collectivité"),
    ],
)
def test_of_a_place(name: str, kind: str, said: str) -> None:
    assert of_place(name, kind=kind) == said
    assert Template("{% load ui %}{% autoescape off %}{{ name|of_name:kind }}{% endautoescape %}").render(
        Context({"name": name, "kind": kind})
    ) == said  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "d’Hélène Vasseur", "d’Henri", "d’Hervé", "d’Hugues", "d’Hortense", "d’Émile", "d’Ondine", "d’Œillet", "d’Yves",
        "de Yann", "de Hakim", "de Harry", "de Mésange", "de 45 ans à Saran",
    ],
)  # fmt: skip
def test_of_a_person(said: str) -> None:
    name = said.removeprefix("d’").removeprefix("de ")
    assert of_person(name) == said
    assert Template("{% load ui %}{{ name|of_person }}").render(Context({"name": name})) == said


def test_no_name_of_the_directory_is_said_as_nobody_says_it() -> None:
    rows = [line.split("\t") for line in gzip.decompress(DIRECTORY.read_bytes()).decode().splitlines()[1:]]
    assert len(rows) > 36_000
    for kind, _code, name, *_rest in rows:
        said = of_place(name, kind=kind)
        assert re.match(r"(de la |de l’|des |du |de |d’)(?! )", said), said
        assert not re.match(r"de (Les? |[AEIOUÉÈÊÎÂÔŒÆ])", said), said
        assert not re.match(r"d’[BCDFGJKLMNPQRSTVWXZ]", said), said
        assert said.endswith(re.sub(r"^Les? ", "", name))
    # Of 121 departments and regions, those that have no article.
    bare = {
        name
        for kind, _c, name, *_r in rows
        if kind in ("DEPARTMENT", "REGION") and of_place(name, kind=kind) == f"de {name}"
    }
    assert bare == {
        "Bourgogne-Franche-Comté", "Bretagne", "Corse", "La Réunion", "Loir-et-Cher", "Lot-et-Garonne", "Maine-et-Loire",
        "Mayotte", "Meurthe-et-Moselle", "Normandie", "Nouvelle-Aquitaine", "Provence-Alpes-Côte d'Azur",
        "Saint-Barthélemy", "Saint-Martin", "Saint-Pierre-et-Miquelon", "Saône-et-Loire", "Seine-et-Marne",
        "Tarn-et-Garonne", "Wallis et Futuna",
    }  # fmt: skip


def test_no_french_sentence_puts_de_before_a_name_by_itself() -> None:
    """`%(of_name)s` says it; a name that a template prints after « de » by hand would not."""
    root = Path(__file__).resolve().parents[2]
    catalogues = [path for app in ("tenants", "onboarding") for path in (root / app / "locale").glob("fr/*/*.po")]
    assert len(catalogues) == 2
    for path in catalogues:
        words = path.read_text().replace('"\n"', "")
        assert not re.search(r"^msgstr.* de %\((name|city|domain)\)s", words, re.M), path
