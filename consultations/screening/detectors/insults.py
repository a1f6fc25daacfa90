"""Insults, with their disguises; threats and hateful words (`threats`)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from consultations.screening.detectors.aims import is_aimed
from consultations.screening.detectors.threats import threats_in
from consultations.screening.detectors.words import Word, words_of
from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding
from consultations.screening.lexicon import Level, Lexicon, Run
from consultations.screening.reading import Reading
from consultations.screening.vocabulary import any_of, word_set

# Letters that stand one by one: "c o n n a r d", "c.o.n.n.a.r.d".
_ROW = re.compile(r"(?<![a-z0-9])[a-z0-9@$€!](?:[\s.\-_*/|,+~'·=]{1,3}[a-z0-9@$€!](?![a-z0-9])){2,}")
_NO_SIGN = re.compile(r"[\s.\-_*/|,+~'·=]")
_TYPED = str.maketrans("0134€@57$!", "oieaeastsi")
_LONGEST_WORD = 14
# Short ones that are meant if their letters are set apart.
_SHORT_ROWS = word_set("con cons fdp ntm")
# Abbreviations that say something else in capitals.
_ONLY_SMALL = word_set("pd tg ptn ntgm")
_REPORTED = word_set(
    """
    traiter traite traitee traites traitees traitent traitait insulte insultee insultes injurie injuriee
    qualifie appele appelee
    """
)
_ABOUT_WORDS = any_of(
    r"""
    mots?|termes?|insult\w*|injur\w*|express\w*|propos|tags?|tague\w*|graffit\w*|inscri\w*|slogan|traite\w*|
    appel(?:er|e|ee|le|lent|es|ees)|cri(?:e|ent|er|es)|entend\w*|dire|dit|disent|ecrit\w*|titre|intitule\w*|
    roman|film|chanson|piece|livre
    """
)
# `ce "…" de maire`, `vous êtes des "…"`: quotes around what is meant all the same.
_CALLING = re.compile(r"\b(?:ce|cet|cette|ces|etes|es|est|sont|de|des|un|une|quel|quelle|quels|quelles) $")
_LETTERS = re.compile(r"[a-z]")
_A_SENTENCE = 8
_LISTED = re.compile(
    r"\b(?:insultes?|injures?|propos|mots?|termes?|tags?|slogans?)\b[^.!?\n]{0,20}"
    r"\b(?:comme|tel(?:le)?s? que|du (?:type|genre))\b[^.!?\n]{0,120}"
)
_QUOTED = re.compile(r"«[^«»\n]{1,120}»|“[^“”\n]{1,120}”|\"[^\"\n]{1,120}\"")
_TITLES = word_set(
    """
    m mm mr mme mmes mlle monsieur madame dr docteur me maitre famille editions edition rue avenue place
    chemin impasse quartier hameau pont ferme allee parc ecole maison chateau ruisseau etang plage foret col
    mont boulevard square cours quai lieu-dit dit restaurant saint sainte
    """
)
_LINKING = word_set("de du des la le les d l")


def insults_in(reading: Reading, lexicon: Lexicon, hidden: list[tuple[int, int]]) -> Iterator[Finding]:
    words = words_of(reading, lexicon, hidden)
    innocent = [(words[first].start, words[last].end) for first, last in _runs(words, lexicon.innocent_runs)]
    innocent += _mentions(reading)
    for finding in (
        *_rows(reading, lexicon, hidden),
        *_phrases(words, reading.shown, lexicon),
        *_single(words, reading, lexicon),
        *_halves(words, lexicon),
        *_threats(words),
    ):
        if not any(start < finding.end and finding.start < end for start, end in innocent):
            yield finding


def _threats(words: list[Word]) -> Iterator[Finding]:
    starts = {word.start: index for index, word in enumerate(words)}
    return (each for each in threats_in(words) if not _is_reported(words, starts[each.start]))


def _insult(start: int, end: int, reason: str) -> Finding:
    return Finding(FlagKind.INSULT, start, end, reason)


# ── Word by word ─────────────────────────────────────────────────────────────


def _single(words: list[Word], reading: Reading, lexicon: Lexicon) -> Iterator[Finding]:
    for index, word in enumerate(words):
        level = lexicon.level(word.form)
        if level is None or _is_reported(words, index):
            continue
        aimed = is_aimed(words, index, level) or (word.disguised and level is Level.AIMED)
        if level is not Level.ALWAYS and not aimed:
            continue
        if (not aimed or word.form in ("con", "cons")) and _is_a_name(words, index, reading.shown, lexicon):
            continue
        yield _insult(word.start, word.end, _reason(word, level))


def _reason(word: Word, level: Level) -> str:
    if word.disguised:
        return _("Insult in disguise")
    return _("Insult") if level is Level.ALWAYS else _("Insult aimed at somebody")


def _is_reported(words: list[Word], index: int) -> bool:
    """`on m’a traité de …`: somebody tells what was said."""
    nearby = [word.form for word in words[max(0, index - 5) : index]]
    return any(word in _REPORTED for word in nearby) and bool({"de", "d"}.intersection(nearby[-4:]))


def _is_a_name(words: list[Word], index: int, shown: str, lexicon: Lexicon) -> bool:
    """Of a place or a person, or an abbreviation that is one of something else."""
    word = words[index]
    written = shown[word.start : word.end]
    if word.form in _ONLY_SMALL:
        return not written.islower()
    if not written[:1].isupper() or written.isupper():
        return False
    if _is_a_place(words, index, shown, lexicon):
        return True
    before = [each.form for each in words[max(0, index - 3) : index]]
    while before and before[-1] in _LINKING:
        before.pop()
    return bool(before) and before[-1] in _TITLES


def _is_a_place(words: list[Word], index: int, shown: str, lexicon: Lexicon) -> bool:
    word = words[index]
    written = shown[word.start : word.end]
    return not word.after_stop and word.form in lexicon.capitalised and written[:1].isupper() and not written.isupper()


# ── Runs of words ────────────────────────────────────────────────────────────


def _phrases(words: list[Word], shown: str, lexicon: Lexicon) -> Iterator[Finding]:
    for first, last in _runs(words, lexicon.insulting_runs):
        if not _is_reported(words, last) and not any(
            _is_a_place(words, index, shown, lexicon) for index in range(first, last + 1)
        ):
            yield _insult(words[first].start, words[last].end, _("Insult"))


def _runs(words: list[Word], by_first: dict[str, tuple[Run, ...]]) -> Iterator[tuple[int, int]]:
    """The first and the last word of each run that stands there."""
    for index, word in enumerate(words):
        for run in by_first.get(word.form, ()):
            if _stands_there(words, index, run):
                yield index, index + len(run) - 1
                break


def _stands_there(words: list[Word], index: int, run: Run) -> bool:
    if index + len(run) > len(words):
        return False
    for place, meant in enumerate(run):
        word = words[index + place]
        if (word.form != meant and word.form != f"{meant}s") or (place and word.after_stop):
            return False
    return True


def _mentions(reading: Reading) -> Iterator[tuple[int, int]]:
    """What is told and not said: `le mot « … »`, `on entend « … » au stade`, `des insultes telles que …`."""
    plain = reading.plain
    for quoted in _QUOTED.finditer(plain):
        before, after = plain[max(0, quoted.start() - 70) : quoted.start()], plain[quoted.end() : quoted.end() + 50]
        told = _ABOUT_WORDS.search(before) or _ABOUT_WORDS.search(after)
        if told or not (_CALLING.search(before) or len(_LETTERS.findall(before + after)) < _A_SENTENCE):
            yield quoted.span()
    for listed in _LISTED.finditer(plain):
        yield listed.span()


# ── Letters set apart ────────────────────────────────────────────────────────


def _rows(reading: Reading, lexicon: Lexicon, hidden: list[tuple[int, int]]) -> Iterator[Finding]:
    for row in _ROW.finditer(reading.plain):
        if any(start < row.end() and row.start() < end for start, end in hidden):
            continue
        letters = _NO_SIGN.sub("", row.group())
        if letters.isdigit():
            continue
        for form in dict.fromkeys((letters, letters.translate(_TYPED))):
            if form in _SHORT_ROWS or _holds(form, lexicon.hidden_in_rows):
                yield _insult(row.start(), row.end(), _("Insult in disguise"))
                break


def _holds(letters: str, looked_for: frozenset[str]) -> bool:
    return any(
        letters[start : start + size] in looked_for
        for start in range(len(letters) - 3)
        for size in range(4, _LONGEST_WORD + 1)
    )


def _halves(words: list[Word], lexicon: Lexicon) -> Iterator[Finding]:
    """`con nard`, `sal ope`: a word cut in two of which the second half is none."""
    for index in range(1, len(words)):
        first, second = words[index - 1], words[index]
        joined = first.form + second.form
        if len(joined) > 5 and joined in lexicon.hidden_in_rows and not second.after_stop and second.form not in _WORDS:
            yield _insult(first.start, second.end, _("Insult in disguise"))


_WORDS = word_set("deux de des dieux eux les leur leurs culer")
