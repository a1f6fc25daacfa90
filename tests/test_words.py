"""The French of the product: one word for one thing, no jargon, nobody left out by a gender."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from polib import pofile

from tests.test_house import ROOT, files_of

# What is said instead stands beside it.
FORBIDDEN = {
    r"\brécri[rtv]": "réécrire",
    r"\breformul": "réécrire, réécriture",
    r"\bretravaill": "réécrire",
    r"\bla numéro\b": "la version 2",
    r"(?<![({])\be-?mails?\b|\bmails?\b|adresses? de courriel|\bce message\b": "courriel, adresse électronique",
    r"parmi les indés": "courriels indésirables",
    r"\binterco\b": "intercommunalité",
    r"\b(?-i:INSEE)\b": "Insee",
    r"\b(parl(e|ez|ent|ant) pour (la|une|votre|cette|sa|leur) collectivité)": "représenter",
    r"répond à chaque idée|prépare sa réponse à chaque|signe les réponses|projets que vous pouvez suivre"
    r"|publication des réponses|réponse signée à": "what exists, or what the city itself wrote as its commitment",
    r"moins d’une contribution sur cent": "figures have a source",
    r"\bréponse des auteurs|argument serait le premier": "one author too, who reads it too",
    r"ne porte pas le nom de la collectivité": "a domain may bear the name and still be anybody’s",
    r"est une question pour votre juriste": "the rule, to whom it applies, what is at stake",
    r"Consultation refermée\s*:": "what it is about comes after a colon",
    r"retient l’ouverture": "empêche l’ouverture",
    r"\b(par|de) la ville\b.*\bvalid|\bvalid\w* par la ville": "votre collectivité",
    r"[^\W\d_]'[^\W\d_]": "’",
    r"\w·\w": "no gender by a dot: another sentence",
    r"\b(vous êtes|si vous êtes|une fois) (connecté|invité|inscrit|sûr)\b|\bpour être sûrs\b": "neither masculine nor feminine",
}


@cache
def catalogue_texts() -> list[tuple[str, str]]:
    return [
        (entry.msgid, re.sub(r"%\(\w+\)s|{\w+}", "…", text))  # what is put in later
        for file in ROOT.glob("[!.]*/**/locale/fr/LC_MESSAGES/django.po")
        for entry in pofile(str(file))
        for text in (() if entry.obsolete else (entry.msgstr, *entry.msgstr_plural.values()))
    ]


@cache
def prose() -> list[tuple[str, str]]:
    """Pages written in French as a whole: charter, terms, notices, statements."""
    return list(_prose())


def _prose() -> Iterator[tuple[str, str]]:
    for file in files_of(".html"):
        text = file.read_text()
        if re.search(r'<article[^>]*lang="fr"', text) or file.name in ("agreement.html", "security.html"):
            yield from ((file.name, line) for line in re.sub(r"{[%#].*?[%#]}", "", text).splitlines())


@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_one_word_for_one_thing(forbidden: str) -> None:
    found = [(where, text) for where, text in (*catalogue_texts(), *prose()) if re.search(forbidden, text, re.I)]
    assert found == [], f"write: {FORBIDDEN[forbidden]}"


def test_a_quote_that_is_opened_is_closed() -> None:
    found = [where for where, text in catalogue_texts() if text.count("«") != text.count("»")]
    assert found == []


def test_all_phases_have_their_name_in_the_documentation() -> None:
    """What a guide calls a phase is what people read."""
    guide = (Path(ROOT) / "docs" / "co-creation.md").read_text()
    assert "| Proposer | Réécrire | Prioriser |" in guide
