"""A count as anybody's program reads it: plain values, amounts in the unit of the file, fractions exact beside them."""

from fractions import Fraction
from typing import Any

from .results import Completion, Count, NotTaken, Passed, Step

Amount = int | float


def as_json(count: Count) -> dict[str, Any]:
    return {
        "rule": count.rule.value,
        "budget": _amount(count.budget),
        "seats": count.election.seats,
        "spent": _amount(count.spent),
        "voters": count.election.voters,
        "served": count.served,
        "selected": list(count.selected),
        "steps": [_step(step) for step in count.steps],
        "not_selected": [_not_taken(one) for one in count.not_taken],
        "completion": _completion(count.completion) if count.completion else None,
    }


def without_counts(count: dict[str, Any]) -> dict[str, Any]:
    """What is chosen, in its order, what is not, and what it costs: nothing that says how many chose what."""
    steps = [{name: step[name] for name in ("project", "cost")} for step in count["steps"]]
    others = [{name: one[name] for name in ("project", "cost")} for one in count["not_selected"]]
    # In the order of their numbers: theirs in the count is that of their votes.
    others.sort(key=lambda one: int(one["project"]))
    kept = ("rule", "budget", "seats", "spent", "voters", "selected")
    return {name: count[name] for name in kept} | {"steps": steps, "not_selected": others, "completion": None}


def _amount(cents: int) -> Amount:
    return cents // 100 if cents % 100 == 0 else cents / 100


def _rounded(cents: Fraction | None) -> Amount | None:
    """To the cent, halves up: shown only, nothing is worked out of it."""
    return None if cents is None else _amount(int(cents + Fraction(1, 2)))


def _exact(cents: Fraction | None) -> str | None:
    return None if cents is None else str(cents / 100)


def _strength(strength: Fraction | None) -> float | None:
    return None if strength is None else round(float(strength), 2)


def _step(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {
        "project": step.project,
        "cost": _amount(step.cost),
        "votes": step.votes,
        "left": _amount(step.left),
        "by_votes": step.by_votes,
        "passed": [_passed(one) for one in step.passed],
        "tied": list(step.tied),
        "settled": step.settled.value if step.settled else None,
    }
    if step.by_votes:
        return told
    return told | {
        "share": _rounded(step.share),
        "share_exact": _exact(step.share),
        "paying": step.paying,
        "giving_rest": step.giving_rest,
        "without": step.without,
        "strength": _strength(step.strength),
        "strength_exact": str(step.strength),
    }


def _passed(one: Passed) -> dict[str, Any]:
    return {"project": one.project, "votes": one.votes, "strength": _strength(one.strength), "paying": one.paying}


def _not_taken(one: NotTaken) -> dict[str, Any]:
    return {
        "project": one.project,
        "cost": _amount(one.cost),
        "votes": one.votes,
        "why": one.why.value,
        "over": _amount(one.over),
        "held": _rounded(one.held),
        "missing": _rounded(one.missing),
        "missing_exact": _exact(one.missing),
        "people": one.people,
        "fewer": one.fewer,
    }


def _completion(completion: Completion) -> dict[str, Any]:
    over = completion.next_over
    return {
        "method": "add1",
        "increment": _amount(completion.increment),
        "rounds": completion.rounds,
        "first_share": _rounded(completion.first_share),
        "first_share_exact": _exact(completion.first_share),
        "first_selected": completion.first_selected,
        "first_spent": _amount(completion.first_spent),
        "share": _rounded(completion.share),
        "share_exact": _exact(completion.share),
        "stopped": completion.stopped.value,
        "next_selected": completion.next_selected,
        "next_over": None if over is None else _amount(over),
    }
