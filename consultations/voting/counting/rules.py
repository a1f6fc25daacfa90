"""`count`: what a rule takes of an election, and why. The order in which the ballots come changes nothing."""

from fractions import Fraction
from math import ceil

from .election import Election, Rule
from .results import Comparison, Count, District, NotTaken, Passed, Settled, Step, Why, compare
from .shares import Round, Shares

__all__ = ["Comparison", "Count", "District", "Rule", "compare", "count"]


def count(election: Election, rule: Rule | str) -> Count:
    """Raises `ValueError` for a budget below nothing, or a project that costs nothing where costs are counted."""
    rule = Rule(rule)
    if rule is Rule.K:
        return _k(election)
    if election.budget < 0 or any(project.cost <= 0 for project in election.projects.values()):
        raise ValueError("a budget cannot be negative, and what is paid from it costs something")
    if rule is Rule.GREEDY or not election.voters:
        return _greedy(election, rule)
    return _equal_shares(election)


def _greedy(election: Election, rule: Rule) -> Count:
    steps, not_taken = _by_votes(election, _ranked(election), left=election.budget)
    return Count(rule=rule, election=election, steps=tuple(steps), not_taken=tuple(not_taken))


def _equal_shares(election: Election) -> Count:
    shares = Shares(election)
    last, completion = shares.completed()
    taken = {step.project for step in last.steps}
    others = [project for project in _ranked(election) if project not in taken]
    more, not_taken = _by_votes(election, others, left=election.budget - last.spent)
    return Count(
        rule=Rule.EQUAL_SHARES,
        election=election,
        steps=(*last.steps, *more),
        not_taken=tuple(_missed(one, election, last, completion.share) for one in not_taken),
        completion=completion,
    )


def _k(election: Election) -> Count:
    ranked = _ranked(election)
    voted = [project for project in ranked if election.votes[project]]
    seats = len(voted) if election.seats is None else election.seats
    steps = []
    for place, project in enumerate(voted[:seats]):
        tied = tuple(other for other in voted[place + 1 :] if election.votes[other] == election.votes[project])
        steps.append(_step(election, project, left=0, tied=tied))
    last = election.votes[voted[:seats][-1]] if steps else 0
    not_taken = [
        _not_taken(
            election,
            project,
            Why.SEATS if election.votes[project] else Why.NO_VOTES,
            fewer=last - election.votes[project],
        )
        for project in ranked
        if project not in voted[:seats]
    ]
    return Count(rule=Rule.K, election=election, steps=tuple(steps), not_taken=tuple(not_taken))


def _ranked(election: Election) -> list[str]:
    return sorted(election.projects, key=lambda project: (-election.votes[project], election.numbers[project]))


def _by_votes(election: Election, projects: list[str], *, left: int) -> tuple[list[Step], list[NotTaken]]:
    """Takes what still fits, in this order."""
    steps: list[Step] = []
    not_taken: list[NotTaken] = []
    for place, project in enumerate(projects):
        votes, cost = election.votes[project], election.projects[project].cost
        if not votes:
            not_taken.append(_not_taken(election, project, Why.NO_VOTES, over=max(0, cost - left)))
        elif cost > left:
            why, had = (Why.NO_MONEY, left) if cost <= election.budget else (Why.TOO_DEAR, election.budget)
            not_taken.append(_not_taken(election, project, why, over=cost - had))
        else:
            left -= cost
            tied = tuple(other for other in projects[place + 1 :] if election.votes[other] == votes)
            passed = tuple(Passed(one.project, one.votes) for one in not_taken if one.votes > votes)
            steps.append(_step(election, project, left=left, tied=tied, passed=passed))
    return steps, not_taken


def _step(
    election: Election, project: str, *, left: int, tied: tuple[str, ...], passed: tuple[Passed, ...] = ()
) -> Step:
    return Step(
        project=project,
        cost=election.projects[project].cost,
        votes=election.votes[project],
        left=left,
        passed=passed,
        tied=tied,
        settled=Settled.NUMBER if tied else None,
    )


def _not_taken(election: Election, project: str, why: Why, *, over: int = 0, fewer: int = 0) -> NotTaken:
    return NotTaken(
        project=project,
        cost=election.projects[project].cost,
        votes=election.votes[project],
        why=why,
        over=over,
        fewer=fewer,
    )


def _missed(one: NotTaken, election: Election, last: Round, share: Fraction) -> NotTaken:
    """What its supporters had left together, and what they lacked: never nothing, or it would have been taken."""
    held = last.held[election.numbers[one.project]]
    missing = one.cost - held
    return NotTaken(
        project=one.project,
        cost=one.cost,
        votes=one.votes,
        why=Why.SUPPORTERS if one.why is Why.NO_MONEY else one.why,
        over=one.over,
        held=held,
        missing=missing,
        people=ceil(missing / share) if share else None,
    )
