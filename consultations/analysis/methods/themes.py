"""Themes of proposals: the matrix of their words in a product of two (NMF), and words to name each by.

It learns on proposals only; arguments take the theme of theirs. What it learnt is kept (`Model`), so that a new text is
folded in and nothing else moves. The same proposals give the same bytes, in whatever order they come.
"""

import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from consultations.analysis.methods.words import features, phrases, share_of_french, without_law

# Fewer proposals make no themes. A theme has as many authors and proposals at least, and so has a word.
FEWEST, _MIN_AUTHORS, _MOST_THEMES = 12, 3, 20
# Words of more of the proposals than this say nothing; a title counts as often as so many bodies.
_MAX_SHARE, _TITLE = 0.35, 2
_MAX_CHARACTERS, _FRENCH = 3000, 0.5
# What is kept of a theme: its heaviest words.
_KEPT_WORDS, _LABELS, _LABEL_SHARE = 300, 3, 0.06
# Below, what a text shares with a theme is chance.
_LEAST_NEAR = 0.02


@dataclass(frozen=True, slots=True)
class Document:
    key: int
    title: str
    body: str
    author: int


@dataclass(frozen=True, slots=True)
class Theme:
    """By what it is called: runs of words as people wrote them, the most telling first."""

    labels: tuple[str, ...]
    words: dict[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """What is needed to fold a new text in. A word's rarity stands beside it."""

    themes: tuple[Theme, ...]
    rarity: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Model":
        themes = tuple(Theme(tuple(each["labels"]), dict(each["words"])) for each in kept["themes"])
        return cls(themes, dict(kept["rarity"]))


@dataclass(frozen=True, slots=True)
class Place:
    """Which theme of the model a text has, if any, and how near to its middle it stands (0 to 1)."""

    theme: int | None
    nearness: float


@dataclass(frozen=True, slots=True)
class Found:
    model: Model
    places: dict[int, Place]


def find_themes(
    documents: Sequence[Document], *, count: int | None = None, pause: Callable[[], None] = lambda: None
) -> Found:
    """`pause` is called between steps: what it raises stops the work."""
    ordered = sorted(documents, key=lambda each: each.key)
    nowhere = {each.key: Place(None, 0.0) for each in ordered}
    read = {each.key: _said(each) for each in ordered}
    pause()
    learnt = [each for each in ordered if read[each.key]]
    rarity = _rarity(learnt, read)
    rows = _rows([read[each.key] for each in learnt], rarity)
    alive = np.flatnonzero(np.diff(rows.indptr))
    if len(alive) < FEWEST:
        return Found(Model((), {}), nowhere)
    learnt, rows = [learnt[place] for place in alive], rows[alive]
    pause()
    wanted = count or round(len(learnt) ** 0.5 / 1.5)
    weights, heavy = _factors(rows, learnt, min(max(wanted, 2), _MOST_THEMES, len(learnt) // _MIN_AUTHORS))
    pause()
    chosen, kept = _settled(weights, learnt)
    if not kept:
        return Found(Model((), {}), nowhere)
    names = sorted(rarity)
    labels = _labels(learnt, chosen, len(kept))
    # The largest first; where two are alike, by their words.
    sizes = np.bincount(chosen[chosen >= 0], minlength=len(kept))
    order = sorted(range(len(kept)), key=lambda theme: (-sizes[theme], labels[theme]))
    themes = tuple(Theme(labels[theme], _heaviest(heavy[kept[theme]], names)) for theme in order)
    nearness = _nearness(rows, chosen, len(kept))
    rank = {theme: place for place, theme in enumerate(order)}
    places = {
        each.key: Place(rank[int(theme)], round(float(near), 4)) if theme >= 0 else Place(None, 0.0)
        for each, theme, near in zip(learnt, chosen, nearness, strict=True)
    }
    used = {word for theme in themes for word in theme.words}
    return Found(Model(themes, {word: round(rarity[word], 4) for word in sorted(used)}), nowhere | places)


def fold_in(model: Model, documents: Sequence[Document]) -> dict[int, Place]:
    """Where texts that came later go, by what the model knows: the theme whose words theirs are nearest to."""
    places = {}
    for each in documents:
        counted = _said(each)
        said = {
            word: (1 + np.log(times)) * model.rarity[word] for word, times in counted.items() if word in model.rarity
        }
        length = sum(weight**2 for weight in said.values()) ** 0.5
        near = [
            sum(weight * theme.words.get(word, 0.0) for word, weight in sorted(said.items())) / length
            if length
            else 0.0
            for theme in model.themes
        ]
        best = max(range(len(near)), key=lambda theme: (near[theme], -theme), default=None)
        if best is None or near[best] < _LEAST_NEAR:
            places[each.key] = Place(None, 0.0)
        else:
            places[each.key] = Place(best, round(float(min(near[best], 1.0)), 4))
    return places


def _said(document: Document) -> Counter[str]:
    """Empty for a text in another language: its words would be taken for a theme."""
    title, body = without_law(document.title), without_law(document.body[:_MAX_CHARACTERS])
    if share_of_french(f"{title}\n{body}") < _FRENCH:
        return Counter()
    counted = features(body)
    for word, times in features(title).items():
        counted[word] += _TITLE * times
    return counted


def _rarity(documents: Sequence[Document], read: Mapping[int, Counter[str]]) -> dict[str, float]:
    """Of the words that are used by enough people and not by most: who writes much does not make a theme alone."""
    among: Counter[str] = Counter()
    by: dict[str, set[int]] = defaultdict(set)
    for each in documents:
        for word in read[each.key]:
            among[word] += 1
            if len(by[word]) < _MIN_AUTHORS:
                by[word].add(each.author)
    most = max(_MAX_SHARE * len(documents), _MIN_AUTHORS)
    return {
        word: float(np.log((1 + len(documents)) / (1 + times)) + 1)
        for word, times in among.items()
        if len(by[word]) >= _MIN_AUTHORS and times <= most
    }


def _rows(read: Sequence[Counter[str]], rarity: Mapping[str, float]) -> sp.csr_matrix:
    column = {word: place for place, word in enumerate(sorted(rarity))}
    starts, columns, values = [0], [], []
    for counted in read:
        known = sorted(word for word in counted if word in column)
        weights = np.array([(1 + np.log(counted[word])) * rarity[word] for word in known])
        columns += [column[word] for word in known]
        values += list(weights / (np.sqrt(weights @ weights) or 1.0))
        starts.append(len(columns))
    return sp.csr_matrix((values, columns, starts), shape=(len(read), max(len(column), 1)))


def _factors(rows: sp.csr_matrix, documents: Sequence[Document], count: int) -> tuple[np.ndarray, np.ndarray]:
    wrote = Counter(each.author for each in documents)
    fair = np.array([1 / wrote[each.author] ** 0.5 for each in documents])
    # One thread: sums made in another order end in other digits.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many rounds are enough
        model = NMF(min(count, rows.shape[1]), init="nndsvd", random_state=0, max_iter=300, tol=1e-3)
        weights = model.fit_transform(sp.diags(fair) @ rows)
    heavy = model.components_
    scale = np.sqrt((heavy * heavy).sum(axis=1))
    scale[scale == 0] = 1
    return weights * scale, heavy / scale[:, None]


def _settled(weights: np.ndarray, documents: Sequence[Document]) -> tuple[np.ndarray, list[int]]:
    """The theme of each, −1 for none, and which of the model remain: those with enough authors, others' texts go on."""
    kept = list(range(weights.shape[1]))
    while True:
        among = weights[:, kept]
        chosen = np.where(among.max(axis=1) > 0, among.argmax(axis=1), -1) if kept else np.full(len(weights), -1)
        authors: list[set[int]] = [set() for _ in kept]
        for each, theme in zip(documents, chosen, strict=True):
            if theme >= 0:
                authors[theme].add(each.author)
        few = [len(who) for who in authors]
        if not few or min(few) >= _MIN_AUTHORS:
            return chosen, kept
        del kept[few.index(min(few))]


def _nearness(rows: sp.csr_matrix, chosen: np.ndarray, count: int) -> np.ndarray:
    member = sp.csr_matrix(
        (np.ones(int((chosen >= 0).sum())), (chosen[chosen >= 0], np.flatnonzero(chosen >= 0))),
        shape=(count, rows.shape[0]),
    )
    middle = (member @ rows).tocsr()
    length = np.sqrt(np.asarray(middle.multiply(middle).sum(axis=1)).ravel())
    middle = sp.diags(1 / np.maximum(length, 1e-9)) @ middle
    shared = np.asarray(rows.multiply(middle[np.maximum(chosen, 0)]).sum(axis=1)).ravel()
    return np.where(chosen >= 0, shared, 0.0)


def _heaviest(weights: np.ndarray, names: Sequence[str]) -> dict[str, float]:
    heavy = [int(place) for place in np.flatnonzero(weights > 1e-4)]
    best = sorted(heavy, key=lambda place: (-weights[place], place))[:_KEPT_WORDS]
    return {names[place]: round(float(weights[place]), 4) for place in best}


def _labels(documents: Sequence[Document], chosen: np.ndarray, count: int) -> list[tuple[str, ...]]:
    """Runs of words that many of a theme's authors use and few others, longer ones before shorter."""
    used: dict[tuple[str, ...], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    written: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    authors: list[set[int]] = [set() for _ in range(count)]
    for each, theme in zip(documents, chosen, strict=True):
        if theme < 0:
            continue
        authors[theme].add(each.author)
        text = f"{without_law(each.title)}\n{without_law(each.body[:_MAX_CHARACTERS])}"
        for lemmas, as_written in phrases(text):
            used[lemmas][int(theme)].add(each.author)
            written[lemmas][as_written] += 1
    everyone = len(set().union(*authors))
    return [_named(theme, used, written, len(authors[theme]), everyone) for theme in range(count)]


def _named(
    theme: int,
    used: Mapping[tuple[str, ...], Mapping[int, set[int]]],
    written: Mapping[tuple[str, ...], Counter[str]],
    inside: int,
    everyone: int,
) -> tuple[str, ...]:
    scored = []
    for lemmas, by_theme in used.items():
        here = len(by_theme.get(theme, ()))
        if here < max(_MIN_AUTHORS, _LABEL_SHARE * inside):
            continue
        others: set[int] = set().union(*(who for other, who in by_theme.items() if other != theme))
        share, elsewhere = here / inside, len(others) / max(everyone - inside, 1)
        score = share * np.log((share + 0.005) / (elsewhere + 0.005)) * (1 + 0.7 * (len(lemmas) - 1))
        scored.append((-round(float(score), 6), lemmas))
    chosen: list[tuple[str, ...]] = []
    for score, lemmas in sorted(scored):
        if score < 0 and not any(set(lemmas) & set(other) for other in chosen):
            chosen.append(lemmas)
        if len(chosen) == _LABELS:
            break
    return tuple(_as_written(written[lemmas]) for lemmas in chosen)


def _as_written(forms: Counter[str]) -> str:
    """As most people wrote it, not shouted."""
    small: Counter[str] = Counter()
    for form, times in forms.items():
        small[form.lower()] += times
    usual = min(small, key=lambda form: (-small[form], form))
    best = min(
        (form for form in forms if form.lower() == usual),
        key=lambda form: (sum(letter.isupper() for letter in form) > 2, -forms[form], form),
    )
    return best.replace("'", "’")
