"""What brings people together, of a consultation and of each of its challenges: what is kept of it names nobody.

Of a group: shares in hundredths of those who answered (five at least), its size and its points in fives, places on a
coarse grid. Nothing says who is in it. **Of two runs, before and after somebody left, the difference tells nothing of
them**: what is told of each is of most people only, without some whom chance leaves out, others in each run.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.utils import timezone

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
# As methods.votes has them, which is not loaded here.
LIKES, UNSEEN = 1, 2
# A difference of less, in hundredths, is not worth a sentence.
APART = 10


def gather(consultation: Consultation) -> dict[str, Any]:
    """Each person's latest reaction to each proposal, whatever the version: people by a number of this run's own."""
    challenges = Challenge.objects.shown().filter(consultation=consultation).order_by("position", "pk")
    # One that was brought together with others lives on in the collective one.
    proposals = Proposal.objects.published().filter(challenge__in=challenges, merged_into=None).order_by("pk")
    reactions = (
        Reaction.objects.filter(proposal__in=proposals, user__in=counted_people(at=timezone.now()))
        .order_by("user", "proposal")
        .values_list("user", "proposal", "value")
    )
    numbers: dict[int, int] = {}
    return {
        "challenges": list(challenges.values_list("pk", flat=True)),
        "proposals": [list(row) for row in proposals.values_list("pk", "challenge")],
        "reactions": [
            [numbers.setdefault(user, len(numbers)), proposal, VALUES[ReactionValue(value)]]
            for user, proposal, value in reactions
        ],
    }


def compute(inputs: dict[str, Any], progress: Progress) -> dict[str, Any]:
    from consultations.analysis.methods.groups import opinions
    from consultations.analysis.methods.votes import table_of

    # The same of the same inputs; of others, other people are left out.
    chance = random.Random(json.dumps(inputs, sort_keys=True))  # noqa: S311
    parts: list[int | None] = [None, *inputs["challenges"]]
    found = []
    for number, challenge in enumerate(parts):
        chosen = [pk for pk, whose in inputs["proposals"] if challenge in (None, whose)]
        votes = table_of(inputs["reactions"], chosen)
        found.append(_told(opinions(votes), votes, chance))
        progress(round(100 * (number + 1) / len(parts)))
    return {"whole": found[0], "challenges": dict(zip(map(str, inputs["challenges"]), found[1:], strict=True))}


KIND = Kind(version=2, gather=gather, compute=compute)


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
        "together": [{"proposal": int(item), "shares": shares[item]} for item in loved[:LISTED]],
        "parting": [
            {"proposal": int(item), "shares": shares[item]}
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
            told[likes].append({"proposal": int(item), "here": here, "elsewhere": there})
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
