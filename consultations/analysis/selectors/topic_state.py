"""What comes of a model of themes and of the corrections made after it: plain values, no database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from consultations.analysis.enums import CorrectionKind

# How much of what either has a theme of a new model must share with one that is there, to be the same; less with one
# that somebody corrected, so that what they said of it is not said of nothing.
_SAME, _SAME_AS_CORRECTED = 0.2, 0.05

# Of each proposal: the number of its theme in a model, if any, and how near it is to the middle.
Places = Mapping[int, tuple[int | None, float]]


class Correction(Protocol):
    kind: str
    topic_id: int | None
    into_id: int | None
    proposal_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Placed:
    topic: int | None
    nearness: float = 0.0
    by_hand: bool = False
    is_excluded: bool = False


@dataclass
class State:
    """By keys: the names given, what was brought together with what, and where each proposal is."""

    names: dict[int, str] = field(default_factory=dict)
    into: dict[int, int] = field(default_factory=dict)
    places: dict[int, Placed] = field(default_factory=dict)

    def final(self, topic: int | None) -> int | None:
        while topic in self.into:
            topic = self.into[topic]
        return topic

    def bring(self, topic: int, into: int) -> None:
        """But not in a ring, which would have no end."""
        before = self.into.pop(topic, None)
        if self.final(into) != topic:
            self.into[topic] = into
        elif before is not None:
            self.into[topic] = before


def state_of(topics: Mapping[int, int], places: Places, corrections: Iterable[Correction]) -> State:
    """`topics`: the key of the theme of each number. Corrections in the order in which they were made."""
    state = State()
    chosen: dict[int, Correction] = {}
    for each in corrections:
        match each.kind:
            case CorrectionKind.RENAME if each.topic_id:
                state.names[each.topic_id] = each.name
            case CorrectionKind.SPLIT if each.into_id:
                state.names.setdefault(each.into_id, each.name)
            case CorrectionKind.MERGE if each.topic_id and each.into_id:
                state.bring(each.topic_id, each.into_id)
            case CorrectionKind.MOVE | CorrectionKind.PIN | CorrectionKind.EXCLUDE if each.proposal_id:
                chosen[each.proposal_id] = each
    for proposal, (number, nearness) in places.items():
        topic = topics.get(number) if number is not None else None
        state.places[proposal] = Placed(state.final(topic), nearness if topic else 0.0)
    for proposal, by_hand in chosen.items():
        if by_hand.kind == CorrectionKind.EXCLUDE:
            state.places[proposal] = Placed(None, by_hand=True, is_excluded=True)
            continue
        was, topic = state.places.get(proposal), state.final(by_hand.into_id)
        near = was.nearness if was and was.topic == topic else 0.0
        state.places[proposal] = Placed(topic, near, by_hand=True)
    return state


def same_topics(
    before: Places, topics: Mapping[int, int], after: Places, *, corrected: Collection[int] = ()
) -> dict[int, int]:
    """Which number of the new model goes on which theme: those that share most of what both placed, one each."""
    shared: dict[tuple[int, int], int] = defaultdict(int)
    had: dict[int, int] = defaultdict(int)
    has: dict[int, int] = defaultdict(int)
    for proposal, (new, _near) in after.items():
        old, _old_near = before.get(proposal, (None, 0.0))
        topic = topics.get(old) if old is not None else None
        if proposal not in before:
            continue
        if topic is not None:
            had[topic] += 1
        if new is not None:
            has[new] += 1
        if topic is not None and new is not None:
            shared[topic, new] += 1
    alike = {pair: count / (had[pair[0]] + has[pair[1]] - count) for pair, count in shared.items()}
    same: dict[int, int] = {}
    for topic, new in sorted(alike, key=lambda pair: (-alike[pair], pair)):
        enough = _SAME_AS_CORRECTED if topic in corrected else _SAME
        if alike[topic, new] >= enough and new not in same and topic not in same.values():
            same[new] = topic
    return same
