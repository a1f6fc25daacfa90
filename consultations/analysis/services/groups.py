"""What brings people together, of a consultation and of each of its challenges: what is kept of it names nobody.

Of a group: shares in twentieths of those who answered (five at least), its size and its points in fives, places on a
coarse grid. Nothing says who is in it. **Of two runs, before and after somebody left, the difference tells nothing of
them**: a part is told anew only once ten people of those who are placed in it, or one in twenty, have come, left or
said something else since it was told last (`tell`); and what is told is of most people only, without some whom chance
leaves out, others each time.
"""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from consultations.analysis.models import AnalysisRun
from consultations.analysis.selectors.people import counted_people
from consultations.analysis.services.work import Kind, Progress
from consultations.framing.models import Challenge, Consultation
from consultations.participation.enums import ReactionValue
from consultations.participation.models import Proposal, Reaction

if TYPE_CHECKING:
    from consultations.analysis.methods.groups import Group, Opinions
    from consultations.analysis.methods.votes import Votes

VALUES = {ReactionValue.LIKE: 1, ReactionValue.MIXED: 0, ReactionValue.DISLIKE: -1}
# Of each list; of each group.
LISTED, PARTICULAR = 5, 3
# Points stand on a grid of that many lines, and sizes are in that many people.
GRID, FIVES = 60, 5
# Shares are told in steps of so many hundredths.
SHARES = 5
# A part is told anew once so many of its people have changed, or one in so many.
CHANGED, CHANGED_OF = 10, 20
WHOLE = "whole"
# As methods.votes has them, which is not loaded here.
LIKES, UNSEEN = 1, 2
# A difference of less, in hundredths, is not worth a sentence.
APART = 10


def gather(consultation: Consultation) -> dict[str, Any]:
    """Each person's latest reaction to each proposal, whatever the version: people by a number of this run's own."""
    challenges = Challenge.objects.shown().filter(consultation=consultation).order_by("position", "pk")
    # One that was brought together with others lives on in the collective one.
    proposals = Proposal.objects.published().filter(challenge__in=challenges, merged_into=None).order_by("pk")
    columns = [list(row) for row in proposals.values_list("pk", "challenge")]
    counted = {pk for pk, _challenge in columns}
    reactions = (
        Reaction.objects.filter(proposal__challenge__in=challenges, user__in=counted_people(at=timezone.now()))
        .order_by("user", "proposal")
        .values_list("user", "proposal", "value", "proposal__challenge")
    )
    numbers: dict[int, int] = {}
    said: dict[int, dict[str, list[str]]] = {}
    found = []
    for user, proposal, value, challenge in reactions:
        number = numbers.setdefault(user, len(numbers))
        for part in (WHOLE, str(challenge)):
            said.setdefault(number, {}).setdefault(part, [str(user)]).append(f"{proposal}{value}")
        if proposal in counted:
            found.append([number, proposal, VALUES[ReactionValue(value)]])
    return {
        "challenges": list(challenges.values_list("pk", flat=True)),
        "proposals": columns,
        "reactions": found,
        "prints": [{part: _print(words) for part, words in parts.items()} for parts in said.values()],
    }


def _print(words: list[str]) -> str:
    """Another one where somebody has said something else, also of what is hidden now: that it is changes nothing that
    they said. So short that many have the same: it finds nobody, and nothing that they said.
    """
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:3]


def compute(inputs: dict[str, Any], progress: Progress) -> dict[str, Any]:
    from consultations.analysis.methods.groups import opinions
    from consultations.analysis.methods.votes import table_of

    # The same of the same inputs; of others, other people are left out.
    chance = random.Random(json.dumps(inputs, sort_keys=True))  # noqa: S311
    found: dict[str, dict[str, Any]] = {}
    prints: dict[str, list[str]] = {}
    parts = [WHOLE, *map(str, inputs["challenges"])]
    for number, part in enumerate(parts):
        chosen = [pk for pk, whose in inputs["proposals"] if part in (WHOLE, str(whose))]
        votes = table_of(inputs["reactions"], chosen)
        told = opinions(votes)
        found[part] = _told(told, votes, chance)
        prints[part] = sorted(inputs["prints"][int(person)][part] for person in told.placed)
        progress(round(100 * (number + 1) / len(parts)))
    return {"parts": found, "prints": prints}


def tell(
    before: AnalysisRun | None, computed: dict[str, Any], *, at: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A part that may not be told anew stays as it was; it does too where it was not kept of whom it was told."""
    told = before.result if before and before.result else {}
    kept = {WHOLE: told["whole"], **told["challenges"]} if told else {}
    basis = (before.basis if before else None) or {}
    parts, prints = {}, {}
    for part, found in computed["parts"].items():
        now, then = computed["prints"][part], basis.get(part)
        if part in kept and (then is None or not _is_new(then, now)):
            parts[part] = kept[part]
            prints[part] = now if then is None else then
        else:
            parts[part] = {**found, "told_at": at.isoformat()}
            prints[part] = now
    return {"whole": parts.pop(WHOLE), "challenges": parts}, prints


def _is_new(before: list[str], now: list[str]) -> bool:
    came, gone = Counter(now) - Counter(before), Counter(before) - Counter(now)
    return max(came.total(), gone.total()) >= max(CHANGED, len(before) / CHANGED_OF)


KIND = Kind(version=3, gather=gather, compute=compute, tell=tell)


def _told(found: "Opinions", votes: "Votes", chance: random.Random) -> dict[str, Any]:
    """What of it may be kept."""
    groups = [_most(each.people, chance) for each in found.groups] or [_most(found.placed, chance)]
    counts = _counts(votes, groups)
    shares = {item: [_share(*row) for row in rows] for item, rows in counts.items()}
    loved = [item for item in found.consensus if item in shares and all(share > 50 for share in shares[item])]
    return {
        "shown": found.shown,
        "reason": found.reason,
        "people": _coarse(len(votes.people)),
        "placed": _coarse(len(found.placed)),
        "reactions": _coarse(found.reactions),
        "stability": None if found.stability is None else round(found.stability, 1),
        "groups": [_group(each, found, counts, shares) for each in found.groups],
        "together": [{"proposal": int(item), "shares": _rounded(shares[item])} for item in loved[:LISTED]],
        "parting": [
            {"proposal": int(item), "shares": _rounded(shares[item])}
            for item in found.parting
            if item in shares and max(shares[item]) - min(shares[item]) >= 3 * APART
        ][:LISTED],
        "points": _points(found, groups),
    }


def _most(people: Sequence[str], chance: random.Random) -> list[str]:
    """Without some: five and one in twenty, but no more than a quarter."""
    out = min(FIVES + len(people) // 20, len(people) // 4)
    return chance.sample(sorted(people), len(people) - out)


def _counts(votes: "Votes", groups: Sequence[Sequence[str]]) -> dict[str, list[tuple[int, int]]]:
    """Of each proposal, by group: how many like it, of how many who answered. None of which too few answered."""
    rows = {person: place for place, person in enumerate(votes.people)}
    found: dict[str, list[tuple[int, int]]] = {}
    theirs = [votes.cells[[rows[person] for person in people]] for people in groups]
    for column, item in enumerate(votes.items):
        cells = [each[:, column] for each in theirs]
        told = [(int((each == LIKES).sum()), int((each != UNSEEN).sum())) for each in cells]
        if all(answers >= FIVES for _likes, answers in told):
            found[item] = told
    return found


def _coarse(count: int) -> int:
    """In fives; of more than a hundred, its first two figures. Of fewer than five only that there are some."""
    if count < FIVES:
        return min(count, 1)
    step = max(FIVES, int(10 ** (len(str(count)) - 2)))
    return count // step * step


def _share(likes: int, answers: int) -> int:
    return round(100 * likes / answers) if answers else 0


def _rounded(shares: list[int]) -> list[int]:
    return [round(share / SHARES) * SHARES for share in shares]


def _group(
    group: "Group", found: "Opinions", counts: dict[str, list[tuple[int, int]]], shares: dict[str, list[int]]
) -> dict[str, Any]:
    number = [each.letter for each in found.groups].index(group.letter)
    told: dict[bool, list[dict[str, int]]] = {True: [], False: []}
    for item, likes in group.particular:
        if item not in counts:
            continue
        elsewhere = [row for place, row in enumerate(counts[item]) if place != number]
        here, there = shares[item][number], _share(sum(row[0] for row in elsewhere), sum(row[1] for row in elsewhere))
        more = here - there if likes else there - here
        if more >= APART and len(told[likes]) < PARTICULAR:
            rounded = _rounded([here, there])
            told[likes].append({"proposal": int(item), "here": rounded[0], "elsewhere": rounded[1]})
    size = len(group.people) // FIVES * FIVES
    return {"letter": group.letter, "people": size, "more": told[True], "less": told[False]}


def _points(found: "Opinions", groups: Sequence[Sequence[str]]) -> list[list[int]]:
    """Places, with the number of the group: of whom chance did not leave out, in fives, in the order of places."""
    whose = {person: number for number, people in enumerate(groups) for person in people}
    by_group: dict[int, list[tuple[int, int]]] = {}
    for person, place in zip(found.placed, _on_grid(found.positions), strict=True):
        if person in whose:
            by_group.setdefault(whose[person], []).append(place)
    return [
        [*place, number]
        for number, places in sorted(by_group.items())
        for place in sorted(random.Random(0).sample(sorted(places), len(places) // FIVES * FIVES))  # noqa: S311
    ]


def _on_grid(positions: tuple[tuple[float, float], ...]) -> list[tuple[int, int]]:
    """Both directions at the same scale; what is far away from all others stands at the edge."""
    if not positions:
        return []
    spread = max(_reach([abs(value) for value in chain.from_iterable(positions)]), 1e-9)

    def line(value: float) -> int:
        return round((max(-1.0, min(1.0, value / spread)) + 1) / 2 * GRID)

    return [(line(x), line(y)) for x, y in positions]


def _reach(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[int(len(ordered) * 0.98)] if len(ordered) > 50 else ordered[-1]


def proposals_in(result: dict[str, Any]) -> Counter[int]:
    """The proposals that a result speaks of."""
    found: Counter[int] = Counter()
    for part in (result["whole"], *result["challenges"].values()):
        rows = [*part["together"], *part["parting"]]
        for group in part["groups"]:
            rows += [*group["more"], *group["less"]]
        found.update(row["proposal"] for row in rows)
    return found
