"""`methods/themes.py`: what is found in texts whose subjects are known, in odd ones, and what it costs."""

import json
import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from consultations.analysis.methods.themes import FEWEST, Document, Model, find_themes, fold_in
from tests.analysis.test_near_duplicates import CONSULTATION
from tests.processes import ROOT

SUBJECTS = {
    "eau": "récupérer l’eau de pluie|arroser les jardins partagés|une cuve sous le toit du gymnase|la sécheresse en juillet",
    "vélo": "une piste cyclable continue|garer son vélo à la gare|rouler sans danger en ville|un arceau devant l’école",
    "cantine": "des légumes locaux à la cantine|moins de viande à midi|le gaspillage des repas|un cuisinier formé au bio",
}


def documents(each: int = 12, *, authors: int | None = None, draw: random.Random | None = None) -> list[Document]:
    draw = draw or random.Random(17)
    found = []
    for place, (subject, pieces) in enumerate(SUBJECTS.items()):
        for number in range(each):
            key = place * each + number
            said = draw.sample(pieces.split("|"), 3)
            body = f"Il faut {said[0]}. Avec {said[1]}, et aussi {said[2]}. C’est le {subject} qui manque."
            found.append(Document(key, said[0], body, key % authors if authors else key))
    return found


def test_texts_that_speak_of_the_same_are_together_and_named_by_their_own_words() -> None:
    found = find_themes(documents(), count=3)
    together = [{found.places[key].theme for key in range(first, first + 12)} for first in (0, 12, 24)]
    assert sorted(len(themes) for themes in together) == [1, 1, 1]
    assert len(set().union(*together)) == 3
    for (subject, pieces), (theme,) in zip(SUBJECTS.items(), together, strict=True):
        assert theme is not None
        labels = found.model.themes[theme].labels
        assert labels
        written = pieces.replace("|", " ").lower()
        assert all(label.lower() in f"{written} {subject}" for label in labels), "as they were written"


def test_the_same_texts_give_the_same_bytes_in_any_order() -> None:
    code = (
        "import json, random, sys\n"
        "from tests.analysis.test_themes_found import documents, find_themes\n"
        "texts = documents()\n"
        "random.Random(int(sys.argv[1])).shuffle(texts)\n"
        "found = find_themes(texts)\n"
        "places = [[key, each.theme, each.nearness] for key, each in found.places.items()]\n"
        "print(json.dumps([found.model.as_json(), places]))\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code, seed],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}:{ROOT}/platform", "OMP_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "2"))
    }
    assert len(told) == 1
    assert len(told.pop()) > 1000


def test_a_new_text_is_folded_in_by_what_was_kept() -> None:
    found = find_themes(documents(), count=3)
    model = Model.from_json(json.loads(json.dumps(found.model.as_json())))
    new = Document(
        99, "Une piste cyclable vers la gare", "Rouler sans danger et garer son vélo, avec une piste cyclable.", 99
    )
    odd = Document(98, "Xylophone", "Zzz.", 98)
    places = fold_in(model, [new, odd, *documents()])
    assert places[99].theme == found.places[12].theme
    assert 0 < places[99].nearness <= 1
    assert places[98].theme is None
    assert {key: each.theme for key, each in places.items() if key < 90} == {
        key: each.theme for key, each in found.places.items()
    }


@pytest.mark.parametrize("number", [0, 1, FEWEST - 1])
def test_a_few_proposals_have_no_themes(number: int) -> None:
    found = find_themes(documents()[:number])
    assert found.model.themes == ()
    assert [each.theme for each in found.places.values()] == [None] * number
    assert fold_in(found.model, documents()[:1])[0].theme is None


def test_identical_texts_have_no_themes() -> None:
    found = find_themes([Document(key, "Planter des arbres", "Planter des arbres au parc.", key) for key in range(60)])
    assert found.model.themes == ()


def test_texts_in_another_language_make_no_theme_and_disturb_none() -> None:
    french = documents()
    english = [
        Document(100 + key, "More trees", "We would like the council to plant some trees along the road, please.", key)
        for key in range(8)
    ]
    found = find_themes([*french, *english], count=3)
    assert {found.places[each.key].theme for each in english} == {None}
    assert found.model == find_themes(french, count=3).model


def test_who_wrote_a_third_names_no_theme_alone() -> None:
    theirs = [
        Document(500 + key, "Le grand dirigeable", "Un dirigeable géant amarré au beffroi transporte le courrier.", 500)
        for key in range(18)
    ]
    found = find_themes([*documents(), *theirs])
    labels = " ".join(label for theme in found.model.themes for label in theme.labels).lower()
    assert "dirigeable" not in labels
    assert "beffroi" not in labels
    authors = Counter(place.theme for key, place in found.places.items() if key < 500)
    assert all(authors[theme] >= 3 for theme in range(len(found.model.themes)))


def test_quoted_law_makes_no_theme() -> None:
    law = "\nArticle 12 : le ministre chargé du budget fixe par arrêté le taux de la redevance.\n« Le décret fixe ce taux. »"
    plain = documents()
    quoting = [Document(each.key, each.title, each.body + law, each.author) for each in plain]
    assert find_themes(quoting, count=3) == find_themes(plain, count=3)


def test_ten_thousand_short_texts_are_read_in_some_seconds() -> None:
    draw, started = random.Random(3), time.process_time()
    words = ["achetez", "gagnez", "cliquez", "vite", "ici", "maintenant", "promo", "casino", "montre", "régime"]
    spam = [Document(key, "", " ".join(draw.sample(words, 3)), key % 4) for key in range(10_000)]
    find_themes(spam)
    assert time.process_time() - started < 30


def test_the_work_can_be_stopped_between_steps() -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        find_themes(documents(), pause=stop)


@pytest.mark.skipif(not CONSULTATION.exists(), reason="needs the real consultation of ../shared")
def test_a_real_consultation_has_themes_that_a_reader_knows() -> None:
    authors: dict[str, int] = {}
    texts = []
    with CONSULTATION.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for key, row in enumerate(rows):
        if row["type"] == "proposal" and not row.get("hidden"):
            author = authors.setdefault(row.get("author") or row["ref"], len(authors))
            texts.append(Document(key, row["title"], row["body"], author))
    found = find_themes(texts)
    labels = {label.lower() for theme in found.model.themes for label in theme.labels}
    known = {
        "vie privée",
        "accès à internet",
        "logiciels libres",
        "fibre optique",
        "données personnelles",
        "plateforme",
    }
    assert len(known & labels) >= 4
    assert not labels & {"article", "accord", "doublon", "proposition", "alinéa"}
    assert sum(each.theme is None for each in found.places.values()) < 0.05 * len(texts)
    places = fold_in(found.model, texts)
    assert sum(places[key].theme == each.theme for key, each in found.places.items()) > 0.9 * len(texts)
