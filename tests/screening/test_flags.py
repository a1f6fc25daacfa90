"""What is flagged in a text, kind by kind, disguise by disguise, and what is not."""

from pathlib import Path

import pytest

from consultations.screening import screening
from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding, Flag
from consultations.screening.lexicon import packaged_lexicon
from consultations.screening.screening import flags_of

LABELLED = [
    line.rsplit("\t", 1)
    for line in (Path(__file__).parent / "labelled.tsv").read_text(encoding="utf-8").split("\n")
    if line and not line.startswith("#")
]


def flagged(text: str) -> list[Flag]:
    return flags_of(text, lexicon=packaged_lexicon())


@pytest.mark.parametrize(("text", "kinds"), LABELLED)
def test_a_text_is_flagged_for_what_it_is(text: str, kinds: str) -> None:
    assert {flag.kind.value for flag in flagged(text)} == set(kinds.split(",")) - {"-"}


def test_every_kind_is_tried() -> None:
    assert {kind for _text, kinds in LABELLED for kind in kinds.split(",")} == {*FlagKind.values, "-"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hé, c​o​nnard !", "c​o​nnard"),
        ("Œuvre… de co\u0301nnard !", "co\u0301nnard"),
        ("Œœ ﬁn 𝓬𝓸𝓷𝓷𝓪𝓻𝓭.", "𝓬𝓸𝓷𝓷𝓪𝓻𝓭"),
        ("Appelez\xa0: 06\xa012 34 56 78, merci", "06\xa012 34 56 78"),
        ("(+33 6 12 34 56 78)", "+33 6 12 34 56 78"),
        ("mail:lucie@exemple.org.", "lucie@exemple.org"),
        ("voir https://bit.ly/3abc.", "https://bit.ly/3abc"),
        ("Versez sur FR14 2004 1010 0505 0001 3M02 606 merci", "FR14 2004 1010 0505 0001 3M02 606"),
    ],
)
def test_a_flag_tells_the_place_in_the_text_as_it_was_typed(text: str, found: str) -> None:
    (flag,) = flagged(text)
    assert (flag.found, text[flag.start : flag.end]) == (found, found)


def test_of_findings_that_overlap_the_longest_is_told() -> None:
    first, longer, apart = (Finding(FlagKind.INSULT, *place, "") for place in ((0, 5), (3, 12), (12, 14)))
    assert screening._longest([apart, longer, first]) == [longer, apart]
    assert screening._longest([first, Finding(FlagKind.INSULT, 4, 6, "")]) == [first]


def test_each_of_several_is_told_in_the_order_of_the_text() -> None:
    flags = flagged("Ce connard de maire : 06 23 45 67 89 ou lucie@exemple.org, et son abruti de chef.")
    assert [flag.kind for flag in flags] == [FlagKind.INSULT, FlagKind.PHONE, FlagKind.EMAIL, FlagKind.INSULT]


def test_what_stands_in_an_address_or_a_link_is_no_insult() -> None:
    assert {flag.kind for flag in flagged("voir https://www.exemple.fr/connard et pute@exemple.fr")} == {FlagKind.EMAIL}


def test_words_of_a_city_are_never_innocent_there_and_innocent_elsewhere() -> None:
    text = "Encore un coup des Saranouilles et du gang des gouttières"
    lexicon = packaged_lexicon().with_words(["saranouille", "Gang des Gouttières", "  "])
    assert [flag.found for flag in flags_of(text, lexicon=lexicon)] == ["Saranouilles", "gang des gouttières"]
    assert flagged(text) == []
