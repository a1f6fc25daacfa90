"""What is said kindly of a text while it is written. Nothing of it blocks."""

import time

import pytest

from consultations.participation.nudges import nudges_for

PLAIN = "Ouvrir la cour de l’école le soir, de 18 h 30 à 21 h, avec la SNCF, l’ADEME et 12 parents en 2026."


def codes(text: str, **kwargs: str) -> list[str]:
    return [nudge.code for nudge in nudges_for(text, **kwargs)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Appelez-moi au 06 12 34 56 78 pour en parler.", "PHONE"),
        ("Mon numéro : +33 (0)6.12.34.56.78.", "PHONE"),
        ("0238123456", "PHONE"),
        ("Écrivez à camille.martin+quartier@exemple.fr.", "EMAIL"),
        ("Mon RIB est FR14 2004 1010 0505 0001 3M02 606 merci bien", "IBAN"),
        ("virement sur de89370400440532013000", "IBAN"),
        ("Mon numéro de sécu 2 55 08 14 168 025 38 est connu.", "NIR"),
        ("IL FAUT FERMER CETTE RUE AUX VOITURES", "CAPITALS"),
        ("Fermer la rue. C’EST VRAIMENT TROP DANGEREUX POUR NOS ENFANTS. Merci de le faire ce printemps.", "CAPITALS"),
    ],
)
def test_what_was_perhaps_not_meant_is_pointed_out_once(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "",
        PLAIN,
        "Un budget de 150 000 € pour 17 316 personnes, soit 8,66 € par an.",
        "FR14 2004 1010 0505 0001 3M02 607",  # the key is wrong: an IBAN of nobody
        "2 55 08 14 168 025 39",
        "La SNCF, la RATP, EDF et GDF.",
        "🌳🌳🌳🌳🌳🌳🌳🌳🌳🌳🌳🌳🌳",
        "مرحبا بكم في مدينتنا الجميلة",
    ],
)
def test_an_ordinary_text_is_left_alone(text: str) -> None:
    assert codes(text) == []


def test_a_benefit_that_repeats_the_solution_is_pointed_out() -> None:
    solution = "Ouvrir les cours d’école le soir aux familles du quartier."
    assert codes("Les cours d’écoles seront ouvertes le soir aux familles du quartier.", solution=solution) == ["ECHO"]
    assert codes("Chacun pourra dormir au frais, et les voisins se parleront.", solution=solution) == []


def test_twenty_thousand_signs_are_read_in_no_time() -> None:
    started = time.perf_counter()
    for text in ("a" * 20_000, "1 " * 10_000, "FR76 " * 4000, "A" * 20_000, "a." * 10_000, "0" * 20_000):
        codes(text)
    assert time.perf_counter() - started < 2
