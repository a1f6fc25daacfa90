"""A text with the passages that the filter points at: each with a number, the same as that of its reason."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.templatetags.ui import colon, paragraphs
from common.text import BLANK
from consultations.moderation.models import Flag
from consultations.moderation.subjects import digest_of
from consultations.screening.enums import FlagKind

# Stand for the beginning and the end of a passage while the text is made into paragraphs: nobody can type them.
_BEGIN, _END = "\ue000", "\ue001"
_MARKS = re.compile(f"{_BEGIN}(\\d+):([^{_END}]*){_END}")


@dataclass
class Passage:
    """What the filter points at, in one place; where it points twice at the same words, one passage."""

    number: int
    part: str
    start: int
    end: int
    words: str
    why: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)  # of FlagKind

    @property
    def version(self) -> str:
        """The number of the earlier version that it stands in alone; empty: in the present text."""
        return self.part.rpartition(".")[0]


def passages_of(flags: Iterable[Flag], texts: dict[str, str]) -> list[Passage]:
    """In the order of the text. In a part that has changed since, by whatever road, there are none: a place in other
    words is no place in these.
    """
    found: list[Passage] = []
    places = {part: place for place, part in enumerate(texts)}
    digests = {part: digest_of(text) for part, text in texts.items()}
    for flag in sorted(flags, key=lambda each: (places.get(each.part, 0), each.start, each.end)):
        text = texts.get(flag.part, "")
        if flag.digest != digests.get(flag.part):
            continue
        label = _label_of(flag)
        last = found[-1] if found else None
        if last is not None and last.part == flag.part and flag.start < last.end:
            last.end = max(last.end, flag.end)
            last.words = text[last.start : last.end]
            last.why += [] if label in last.why else [label]
            last.kinds.append(flag.kind)
        else:
            words = text[flag.start : flag.end]
            found.append(Passage(len(found) + 1, flag.part, flag.start, flag.end, words, [label], [flag.kind]))
    return found


def _label_of(flag: Flag) -> str:
    """What it may be; of a link, why too: an ordinary address says nothing by itself."""
    label = str(FlagKind(flag.kind).label) if flag.kind in FlagKind.values else flag.kind
    if flag.kind != FlagKind.LINK or not flag.reason or flag.reason == label:
        return label
    return f"{label}{colon()}{flag.reason[:1].lower()}{flag.reason[1:]}"


def marked(text: str, passages: Sequence[Passage]) -> SafeString:
    """As paragraphs, each passage with its number; what was taken out of it is shown as that."""
    text = text.replace(_BEGIN, "").replace(_END, "")
    for passage in reversed(passages):
        words = text[passage.start : passage.end]
        # A mark does not go from one line to the next.
        lines = (f"{_BEGIN}{passage.number}:{line}{_END}" if line.strip() else line for line in words.split("\n"))
        inside = "\n".join(lines)
        text = text[: passage.start] + inside + text[passage.end :]
    shown = str(paragraphs(text))
    shown = _MARKS.sub(r'<mark class="passage">\2<sup>\1</sup></mark>', shown)
    return SafeString(shown.replace(BLANK, str(format_html('<mark class="masked">{}</mark>', BLANK[1:-1]))))
