"""Another free program, pabutools, counts the same; so do the towns whose files are beside this project."""

import random
from typing import Any

import pytest

from consultations.voting.counting.election import Election, natural
from consultations.voting.counting.pabulib import read, text_of
from consultations.voting.counting.results import Count, Stopped
from consultations.voting.counting.rules import count
from tests.voting.elections import PABULIB, drawn

real = pytest.mark.skipif(not PABULIB.exists(), reason="needs the real votes of ../shared")


def theirs(election: Election) -> tuple[Any, Any, Any]:
    """The election in pabutools' terms, and its order between equals: votes, then the number."""
    from pabutools.election import ApprovalBallot, ApprovalMultiProfile, FrozenApprovalBallot, Instance, Project
    from pabutools.tiebreaking import TieBreakingRule

    projects = {project.id: Project(project.id, project.cost // 100) for project in election.projects.values()}
    # What nobody chose is taken by none of our rules.
    instance = Instance(
        [project for name, project in projects.items() if election.votes[name]], budget_limit=election.budget // 100
    )
    profile = ApprovalMultiProfile(instance=instance)
    for choice, people in election.ballots.items():
        ballot = FrozenApprovalBallot(ApprovalBallot([projects[project] for project in choice]))
        profile.extend([ballot] * people)
    equals = TieBreakingRule(lambda _instance, _profile, it: (-election.votes[it.name], natural(it.name)))
    return instance, profile, equals


def names(outcome: Any) -> tuple[str, ...]:
    return tuple(project.name for project in outcome)


def equal_shares_by_them(election: Election) -> tuple[str, ...]:
    from pabutools.election import Cost_Sat
    from pabutools.rules import (
        completion_by_rule_combination,
        exhaustion_by_budget_increase,
        greedy_utilitarian_welfare,
        method_of_equal_shares,
    )

    instance, profile, equals = theirs(election)
    most = sum(project.cost for project in instance)
    add1 = {
        "rule": method_of_equal_shares,
        "rule_params": {"sat_class": Cost_Sat, "tie_breaking": equals},
        # One more for each voter, until the budget would be passed; with the price of all in each purse, all are taken.
        "budget_step": election.voters,
        "budget_bound": election.voters * (most + 1),
        "exhaustive_stop": False,
    }
    by_votes = {"sat_class": Cost_Sat, "tie_breaking": equals}
    return names(
        completion_by_rule_combination(
            instance, profile, [exhaustion_by_budget_increase, greedy_utilitarian_welfare], [add1, by_votes]
        )
    )


def greedy_by_them(election: Election) -> tuple[str, ...]:
    from pabutools.election import Cost_Sat
    from pabutools.rules import greedy_utilitarian_welfare

    instance, profile, equals = theirs(election)
    return names(greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat, tie_breaking=equals))


def elections() -> list[Election]:
    """200: a few people and many, purses that are worth a hundredth of a project and ten, many ties."""
    draw = random.Random(18)
    return [
        drawn(
            draw,
            voters=draw.randint(1, 40),
            projects=draw.randint(1, 10),
            most=draw.randint(1, 6),
            budget=draw.randint(1, 150),
            dearest=draw.choice([3, 10, 60]),
        )
        for _election in range(200)
    ]


def test_the_oracle_takes_the_same_by_equal_shares_in_the_same_order() -> None:
    seen = {"add1": 0, "by votes": 0, "tie": 0, "passes": 0, "not all": 0}
    for number, election in enumerate(elections()):
        ours = count(election, "equal-shares")
        found = equal_shares_by_them(election)
        if ours.completion and ours.completion.stopped is Stopped.ALL:
            # They go on giving, which changes the order and nothing else.
            assert sorted(ours.selected) == sorted(found), number
        else:
            assert ours.selected == found, number
        seen["add1"] += bool(ours.completion and ours.completion.rounds)
        seen["passes"] += bool(ours.completion and ours.completion.stopped is Stopped.BUDGET)
        seen["by votes"] += bool(ours.completed)
        seen["tie"] += bool(ours.ties)
        seen["not all"] += bool(ours.not_taken)
    assert min(seen.values()) > 10, f"what these elections are for is seldom among them: {seen}"


def test_the_oracle_takes_the_same_by_votes_in_the_same_order() -> None:
    for number, election in enumerate(elections()):
        assert count(election, "greedy").selected == greedy_by_them(election), number


def real_count(name: str) -> tuple[Election, Count]:
    with (PABULIB / name).open("rb") as file:
        election = read(text_of(file))
    assert election.rule is not None
    return election, count(election, election.rule)


@real
def test_swiecie_2023_is_what_its_town_announced() -> None:
    election, found = real_count("swiecie-2023.pb")
    official = {project.id for project in election.projects.values() if project.selected}
    assert set(found.selected) == official
    assert (len(found.selected), found.spent, found.left, found.served) == (17, 104_033_700, 2_966_300, 2549)
    completion = found.completion
    assert completion is not None
    assert (completion.rounds, completion.first_selected, completion.first_spent) == (242, 13, 64_778_700)
    assert (completion.next_selected, completion.next_over) == (18, 5_033_700)
    fourth = found.steps[3]
    assert (fourth.project, fourth.paying, fourth.giving_rest, fourth.without) == ("c21", 376, 125, 0)
    assert fourth.share is not None
    assert round(float(fourth.share)) == 60_934
    assert [(one.project, one.people) for one in found.not_taken] == [
        ("c8", 316),
        ("c22", 519),
        ("c16", 90),
        ("c15", 9),
        ("c6", 93),
    ]


@real
def test_toulouse_2022_is_counted_by_votes() -> None:
    _election, found = real_count("toulouse-2022-saint-cyprien.pb")
    assert found.selected == ("34", "38", "40", "35")
    assert found.spent == 39_900_000
    assert [one.project for one in found.steps[2].passed] == ["39", "32"], "which had more votes, and did not fit"
