"""What changed between two texts: paragraphs first, then the words of those that changed.

Sequences are aligned by their longest common subsequence, in the bits of large integers (Hyyrö 2004, "Bit-parallel
LCS-length computation revisited"): the time depends on the lengths alone. No text is slow because it repeats
itself, or because it has nothing in common with the other.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

# A word or a sign with the spaces before it; or the spaces at the very end.
_TOKEN = re.compile(r"(\s*)(\w+|[^\w\s])|(\s+)$")

# Beyond so many pairs of words (two texts of some 60,000 signs) a passage is shown as rewritten: 16 MB of bits.
_MAX_PAIRS = 130_000_000
# Paragraphs face to face are one that changed, from this share of the shorter in common.
_ALIKE = 0.3
# A paragraph elsewhere is one that moved, from this share of the longer in common and so many words. Looked for
# among so many pairs at most.
_MOVED_ALIKE, _MOVED_MIN, _MOVED_PAIRS = 0.6, 5, 4_000
# What stayed between two changes is shown with them where it is shorter than both, and than this; or than a word.
_CRUMB, _WORD = 40, 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed ("same"), came ("added") or went ("removed").

    `moved`: it only changed place, from where it is "removed" to where it is "added". `gap`: shown with a space
    before it, or it would stick to what went; the space is in neither text.
    """

    kind: str
    text: str
    moved: bool = False
    gap: bool = False

    @property
    def is_blank(self) -> bool:
        """Only a line break or a space came or went: there is nothing to read."""
        return not self.text.strip()


def difference(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order. Joining all but "added" gives `before`, all but "removed" `after`.

    Paragraphs that are the same or alike are put face to face, and words are compared inside those that are alike.
    One found elsewhere is shown as moved, in both places. Whole phrases rather than crumbs: a few words that stayed
    between two longer changes are shown as part of one change.
    """
    old, new = _Text(before), _Text(after)
    return list(_all_pieces(old, new, _face_to_face(old, new)))


def aligned(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The places in both of the longest common subsequence, the earliest of them; nothing beyond our means."""
    start, old_end, new_end = 0, len(before), len(after)
    while start < min(old_end, new_end) and before[start] == after[start]:
        start += 1
    while min(old_end, new_end) > start and before[old_end - 1] == after[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    # What the other has not cannot be common.
    common = set(before[start:old_end]) & set(after[start:new_end])
    old = [place for place in range(start, old_end) if before[place] in common]
    new = [place for place in range(start, new_end) if after[place] in common]
    middle = _longest([before[place] for place in old], [after[place] for place in new])
    return [
        *((place, place) for place in range(start)),
        *((old[i], new[j]) for i, j in middle),
        *zip(range(old_end, len(before)), range(new_end, len(after)), strict=True),
    ]


def _longest(before: list[Hashable], after: list[Hashable]) -> Iterator[tuple[int, int]]:
    if len(before) * len(after) > _MAX_PAIRS:
        return
    # Backwards, so that the way back through the rows goes forwards.
    width, height = len(before), len(after)
    bits: dict[Hashable, int] = defaultdict(int)
    for place, each in enumerate(reversed(before)):
        bits[each] |= 1 << place
    row = full = (1 << width) - 1
    rows = [row]
    for each in reversed(after):
        same = row & bits[each]
        row = ((row + same) | (row - same)) & full
        rows.append(row)
    i = j = 0
    while i < width and j < height:
        if before[i] == after[j]:
            yield i, j
            i, j = i + 1, j + 1
        elif rows[height - j] >> (width - i - 1) & 1:  # as long without before[i]
            i += 1
        else:
            j += 1


# ── Which words are which ─────────────────────────────────────────────────────


class _Text:
    """The words of a text, and its paragraphs: one begins after each line break."""

    def __init__(self, text: str) -> None:
        found = _TOKEN.findall(text)
        self.spaces = [space or at_the_end for space, _word, at_the_end in found]
        self.words = [word for _space, word, _at_the_end in found]
        self.ends = [
            0,
            *accumulate(len(space) + len(word) for space, word in zip(self.spaces, self.words, strict=True)),
        ]
        breaks = [place for place, space in enumerate(self.spaces) if place and "\n" in space and self.words[place]]
        self.starts = [0, *breaks, len(found)] if found else [0]
        self.paragraphs = [tuple(filter(None, self.words[start:end])) for start, end in pairwise(self.starts)]
        # Words of paragraphs that are elsewhere in the other text.
        self.moved: set[int] = set()

    def places(self, paragraphs: Iterable[int]) -> list[int]:
        return [place for each in paragraphs for place in range(self.starts[each], self.starts[each + 1])]


@dataclass
class _Span:
    """Paragraphs `old` of one text (from, to) are paragraphs `new` of the other, with these words in common."""

    old: tuple[int, int]
    new: tuple[int, int]
    words: list[tuple[int, int]] = field(default_factory=list)


def _face_to_face(old: _Text, new: _Text) -> list[_Span]:
    equal = aligned(old.paragraphs, new.paragraphs)
    ends = [(-1, -1), *equal, (len(old.paragraphs), len(new.paragraphs))]
    between = [(range(i + 1, k), range(j + 1, m)) for (i, j), (k, m) in pairwise(ends)]
    _mark_moved(old, new, [each for gap in between for each in gap[0]], [each for gap in between for each in gap[1]])
    spans = []
    for (i, j), (olds, news) in zip(ends, between, strict=False):
        if i >= 0:
            words = zip(old.places([i]), new.places([j]), strict=False)
            spans.append(_Span((i, i + 1), (j, j + 1), list(words)))
        spans += _alike(old, new, olds, news)
    _mark_moved_and_changed(old, new, spans)
    return spans


def _mark_moved(old: _Text, new: _Text, olds: list[int], news: list[int]) -> None:
    """Those among the paragraphs that are the same, but elsewhere."""
    elsewhere: dict[Hashable, list[int]] = defaultdict(list)
    for place in reversed(news):
        elsewhere[new.paragraphs[place]].append(place)
    for place in olds:
        words = old.paragraphs[place]
        if len(words) >= _MOVED_MIN and elsewhere[words]:
            old.moved.update(old.places([place]))
            new.moved.update(new.places([elsewhere[words].pop()]))


def _alike(old: _Text, new: _Text, olds: range, news: range) -> list[_Span]:
    """Of two runs of changed paragraphs, those that are one that changed, or was parted, or joined with the next."""
    alone = [each for each in olds if old.starts[each] not in old.moved]
    alone_too = [each for each in news if new.starts[each] not in new.moved]
    spans: list[_Span] = []
    if len(alone) == len(alone_too) == 1:
        spans = [_Span((alone[0], alone[0] + 1), (alone_too[0], alone_too[0] + 1))]
    else:
        for (one, other), letters in _letters_in_common(old, new, alone, alone_too).items():
            if letters < _ALIKE * min(_letters(old.paragraphs[one]), _letters(new.paragraphs[other])):
                continue
            if spans and (spans[-1].old[1] > one or spans[-1].new[1] > other):
                spans[-1].old, spans[-1].new = (spans[-1].old[0], one + 1), (spans[-1].new[0], other + 1)
            else:
                spans.append(_Span((one, one + 1), (other, other + 1)))
    for span in spans:
        span.words = _words(old, new, span)
    return [span for span in spans if span.words]


def _letters_in_common(old: _Text, new: _Text, olds: list[int], news: list[int]) -> dict[tuple[int, int], int]:
    """How much the paragraphs of each pair share, when all of them are put face to face."""
    i, j = old.places(olds), new.places(news)
    paragraph_of_old = [each for each in olds for _place in old.places([each])]
    paragraph_of_new = [each for each in news for _place in new.places([each])]
    common: dict[tuple[int, int], int] = defaultdict(int)
    for a, b in aligned([old.words[place] for place in i], [new.words[place] for place in j]):
        common[paragraph_of_old[a], paragraph_of_new[b]] += len(old.words[i[a]])
    return common


def _letters(words: Iterable[str]) -> int:
    return sum(map(len, words))


def _words(old: _Text, new: _Text, span: _Span) -> list[tuple[int, int]]:
    """The words that paragraphs face to face have in common, as people see them."""
    i = [place for place in old.places(range(*span.old)) if place not in old.moved]
    j = [place for place in new.places(range(*span.new)) if place not in new.moved]
    words = [(i[a], j[b]) for a, b in aligned([old.words[place] for place in i], [new.words[place] for place in j])]
    runs = _whole_sentences(old, new, _without_crumbs(old, new, span, words))
    return [(i + place, j + place) for i, j, count in runs for place in range(count)]


# Where a run of words in common begins in the old text, in the new one, and how many they are.
_Run = tuple[int, int, int]


def _without_crumbs(old: _Text, new: _Text, span: _Span, words: list[tuple[int, int]]) -> list[_Run]:
    """The runs of words in common, less those that are lost between changes; a last one, empty, is the end."""

    def changed(left: _Run, right: _Run) -> int:
        """How long the change is between two runs."""
        went = old.ends[right[0]] - old.ends[left[0] + left[2]]
        came = new.ends[right[1]] - new.ends[left[1] + left[2]]
        return max(went, came)

    kept = [(old.starts[span.old[0]], new.starts[span.new[0]], 0)]
    end = (old.starts[span.old[1]], new.starts[span.new[1]], 0)
    for run in [*_runs(words), end]:
        while len(kept) > 1:
            size = old.ends[kept[-1][0] + kept[-1][2]] - old.ends[kept[-1][0]]
            if size > _CRUMB:
                break
            around = min(changed(kept[-2], kept[-1]), changed(kept[-1], run))
            if not around or size > max(around, _WORD):
                break
            kept.pop()
        kept.append(run)
    return kept


def _whole_sentences(old: _Text, new: _Text, runs: list[_Run]) -> list[_Run]:
    """What came, or went, with the sign before it and is followed by the same sign: with the one after it instead."""
    for place, ((i, j, count), (k, m, following)) in enumerate(pairwise(runs)):
        if following and (i + count == k) != (j + count == m):
            text, first, then = (new, j + count, m) if i + count == k else (old, i + count, k)
            if text.words[first] == text.words[then] and not text.words[first].isalnum():
                runs[place], runs[place + 1] = (i, j, count + 1), (k + 1, m + 1, following - 1)
    return runs


def _runs(pairs: list[tuple[int, int]]) -> Iterator[_Run]:
    """Pairs that follow each other in both texts."""
    begun = 0
    for place in range(1, len(pairs) + 1):
        (i, j) = pairs[place - 1]
        if place == len(pairs) or pairs[place] != (i + 1, j + 1):
            yield *pairs[begun], place - begun
            begun = place


def _mark_moved_and_changed(old: _Text, new: _Text, spans: list[_Span]) -> None:
    """Those among the paragraphs without a counterpart that are alike, but elsewhere: the words that they share."""
    olds = _alone(old, {each for span in spans for each in range(*span.old)})
    news = _alone(new, {each for span in spans for each in range(*span.new)})
    if len(olds) * len(news) > _MOVED_PAIRS:
        return
    shares = [
        (len(words & others) / max(len(words), len(others)), i, j)
        for i, words in olds.items()
        for j, others in news.items()
    ]
    for share, i, j in sorted(shares, key=lambda each: -each[0]):
        if share < _MOVED_ALIKE:
            break
        if i in olds and j in news:
            del olds[i], news[j]
            for a, b in _words(old, new, _Span((i, i + 1), (j, j + 1))):
                old.moved.add(a)
                new.moved.add(b)


def _alone(text: _Text, with_another: set[int]) -> dict[int, set[str]]:
    return {
        place: set(words)
        for place, words in enumerate(text.paragraphs)
        if place not in with_another and len(words) >= _MOVED_MIN and text.starts[place] not in text.moved
    }


# ── Pieces, in reading order ──────────────────────────────────────────────────

# Text that went or came, in a row, with whether it only moved.
_Stretch = tuple[str, bool]


def _all_pieces(old: _Text, new: _Text, spans: list[_Span]) -> Iterator[Piece]:
    """Walk through both texts from stop to stop; what went on the way comes before what came in its place."""
    same = ""
    i = j = 0
    for k, m, stays in _stops(old, new, spans):
        went, came = list(_stretches(old, i, k)), list(_stretches(new, j, m))
        space = old.spaces[k] if stays else ""
        if stays and space != new.spaces[m]:
            went, came, space = [*went, (space, False)], [*came, (new.spaces[m], False)], ""
        if went or came:
            before, after = _spaces_of_both(went, came)
            same += before
            change = list(_pieces("removed", went))
            change += _pieces("added", came, after=change[-1].text if change else "")
            if change and same:
                yield Piece("same", same)
            yield from change
            same = after if change else same + after
        same += space + old.words[k] if stays else ""
        i, j = k + stays, m + stays
    if same:
        yield Piece("same", same)


def _stops(old: _Text, new: _Text, spans: list[_Span]) -> Iterator[tuple[int, int, bool]]:
    """Each word that stayed; and where paragraphs face to face begin and end: no change goes across."""
    for span in spans:
        yield old.starts[span.old[0]], new.starts[span.new[0]], False
        yield from ((i, j, True) for i, j in span.words)
        yield old.starts[span.old[1]], new.starts[span.new[1]], False
    yield len(old.words), len(new.words), False


def _stretches(text: _Text, start: int, end: int) -> Iterator[_Stretch]:
    for place in range(start, end):
        yield text.spaces[place] + text.words[place], place in text.moved


def _spaces_of_both(went: list[_Stretch], came: list[_Stretch]) -> tuple[str, str]:
    """Take the spaces away that both begin with, and those that both end with: they stayed."""
    before = after = ""
    if went and came:
        (old, moved), (new, moved_too) = went[0], came[0]
        before = _spaces(old, new)
        went[0], came[0] = (old[len(before) :], moved), (new[len(before) :], moved_too)
        (old, moved), (new, moved_too) = went[-1], came[-1]
        after = _spaces(old[::-1], new[::-1])[::-1]
        went[-1], came[-1] = (old[: len(old) - len(after)], moved), (new[: len(new) - len(after)], moved_too)
    return before, after


def _spaces(one: str, other: str) -> str:
    """Those that both begin with."""
    most = min(len(one), len(other))
    return one[: next((at for at in range(most) if one[at] != other[at] or not one[at].isspace()), most)]


def _pieces(kind: str, stretches: Iterable[_Stretch], after: str = "") -> Iterator[Piece]:
    """The stretches as pieces, with a gap where the first would stick to the text `after` which it comes.

    Line breaks at their ends are pieces of their own: nobody reads them as part of what came or went.
    """
    for moved, row in groupby(stretches, key=itemgetter(1)):
        begin, text, end = _without_breaks("".join([text for text, _moved in row]))
        if begin:
            yield Piece(kind, begin)
        if text:
            stuck = after and not begin and not after[-1].isspace() and not text[0].isspace()
            yield Piece(kind, text, moved, gap=bool(stuck))
        if end:
            yield Piece(kind, end)
        after = ""


def _without_breaks(text: str) -> tuple[str, str, str]:
    """The spaces at the beginning where a line breaks there, the text, and those at the end."""
    begin, end = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    begin = begin if "\n" in begin else ""
    end = end if "\n" in end and len(begin) < len(text) else ""
    return begin, text[len(begin) : len(text) - len(end)], end
