"""Texts made to keep the searches busy: each is gone through in a bounded number of steps, so that these tests end."""

import pytest

from consultations.screening.lexicon import packaged_lexicon
from consultations.screening.screening import flags_of

LENGTH = 2000
# Repeated until the text is full. What each search reads on without ever finding an end.
SEEDS = [
    *("0", "0 ", "06 ", "0.", "(0)", "06 12 34 56 78 ", "+33 6 12 34 56 78, ", "01-02-", "01/02/2024 "),
    *("dix-sept ", "zero ", "zero0", "0six ", "quatre-vingt ", "soixante et ", "un,", "00zero"),
    *("1 85 05 78 ", "1850578006084", "4970100000000055 ", "4 9 7 0 ", "fr76 ", "fr 7 6 ", "aa11"),
    *("@", "a@", "a@a.", "a@a.a.a.", "a at ", "a(at)", "a point ", "a @ ", "gmail.", "a chez gmail "),
    *("http://", "http://a ", "www.", "a.bc/d ", "a-", "bit.ly/a ", "point com "),
    *("con ", "con. ", "c o n ", "c*", "c* ", "p** ", "a*b*", "con-", "a1 ", "connnn ", "* ", "a a*", "c.o.n."),
    *("vous etes des ", "bande de ", "ce con de maire ", "tuer le ", "mort aux ", "sale ", "fils de ", "va te faire "),
    *("gagnez 1 ", "gagnez 1", "credit a ", "LE ", "A ", "LES CONS ", "« a » mot ", "«", '"a" mot '),
    *("\u200b", "e\u0301", "\U0001d4ec", "\n0", "a\n", "…", "ﬁ", "'", "d'"),
]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_text_made_to_keep_a_search_busy_is_gone_through(seed: str) -> None:
    text = (seed * LENGTH)[:LENGTH]
    for ending in ("", "!", "x", "0"):
        for flag in flags_of(text + ending, lexicon=packaged_lexicon()):
            assert flag.found == (text + ending)[flag.start : flag.end]
