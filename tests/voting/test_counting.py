"""Counting: what each rule takes, why, and what must hold of every election."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.voting.counting import shares
from consultations.voting.counting.election import Election, Project, gather, natural
from consultations.voting.counting.results import Settled, Stopped, Why
from consultations.voting.counting.rules import compare, count
from consultations.voting.counting.shares import Shares
from tests.voting.elections import election

RULES = ("greedy", "equal-shares", "k")
BY_MONEY = ("greedy", "equal-shares")


def test_greedy_takes_the_most_voted_first_and_skips_what_no_longer_fits() -> None:
    found = count(election(100, {"a": 60, "b": 50, "c": 30, "d": 10}, "a,b", "a,b", "a,b,c", "c", "d"), "greedy")
    assert found.selected == ("a", "c", "d")
    assert (found.spent, found.left, found.served) == (10_000, 0, 5)
    assert found.steps[0].tied == ("b",)
    assert found.ties[0].settled is Settled.NUMBER
    assert [(one.project, one.votes) for one in found.steps[1].passed] == [("b", 3)]
    alike = count(election(100, {"a": 60, "b": 50, "c": 30}, "a,b,c"), "greedy")
    assert (alike.selected, alike.steps[1].passed) == (("a", "c"), ()), "b had no more votes than c"
    assert [(one.project, one.why, one.over) for one in found.not_taken] == [("b", Why.NO_MONEY, 1000)]


def test_equal_shares_keep_the_part_of_those_who_have_nothing_yet() -> None:
    """Six of ten want what would take everything by votes; four others have their four tenths."""
    of_ten = election(100, {"a": 50, "b": 40, "c": 40}, *["a,b"] * 6, *["c"] * 4)
    assert count(of_ten, "greedy").selected == ("a", "b")
    found = count(of_ten, "equal-shares")
    assert found.selected == ("a", "c")
    first, second = found.steps
    assert (first.share, first.paying, first.strength, first.left) == (Fraction(5000, 6), 6, 6, 5000)
    assert (second.share, second.paying, second.strength, second.left) == (1000, 4, 4, 1000)
    (other,) = found.not_taken
    # Ten for each, and eight and a third spent; with 24 they would have had 10 and 15 2/3: too much for the budget.
    completion = found.completion
    assert completion is not None
    assert (completion.first_share, completion.share, completion.stopped) == (1000, 1400, Stopped.BUDGET)
    assert (completion.next_selected, completion.next_over) == (3, 3000)
    assert (other.why, other.held, other.missing, other.people) == (Why.SUPPORTERS, 3400, 600, 1)


def test_who_cannot_pay_a_whole_share_gives_what_is_left_and_the_others_more() -> None:
    found = count(election(30, {"a": 16, "b": 14}, "a,b", "a", "b"), "equal-shares")
    first, second = found.steps
    assert (first.project, first.share, first.paying) == ("a", 800, 2)
    # With ten for each, the one of both has 2 left and 10 are not enough; with eleven, 3 and 11 are.
    assert (second.project, second.share, second.paying, second.giving_rest) == ("b", 1100, 1, 1)
    assert (second.strength, second.without) == (Fraction(14, 11), 0)
    assert found.completion is not None
    assert (found.completion.rounds, found.completion.stopped) == (1, Stopped.ALL)


def test_a_cent_more_than_one_has_is_not_asked_of_anybody() -> None:
    """Three have 3, 3 and 5 cents left: of 10 they give all they have, 3.33 each would be a third too much for two."""
    projects = [Project("x", cost=8), Project("y", cost=10)]
    of_five = gather(projects, [["x", "y"], ["x", "y"], ["x"], ["x"], ["y"]])
    first, second = Shares(of_five).round(Fraction(5), explained=True).steps
    assert (first.project, first.share) == ("x", 2)
    assert (second.project, second.share, second.paying, second.giving_rest) == ("y", 4, 1, 2)


def test_a_project_of_more_supporters_who_have_paid_for_others_waits() -> None:
    ballots = [*["a,b"] * 5, *["a"] * 5, *["c"] * 4]
    found = count(election(56, {"a": 36, "b": 16, "c": 5}, *ballots), "equal-shares")
    assert found.selected == ("a", "c")
    (passed,) = found.steps[1].passed
    assert (passed.project, passed.votes, passed.strength) == ("b", 5, None), "they have 12 of 16 left"


def test_the_smaller_number_is_first_between_equals_and_it_is_said() -> None:
    found = count(election(40, {"p10": 10, "p9": 10}, "p9", "p10"), "equal-shares")
    assert found.selected == ("p9", "p10"), "9 comes before 10"
    assert (found.steps[0].tied, found.steps[0].settled) == (("p10",), Settled.NUMBER)
    assert found.ties == found.steps[:1]


def test_more_votes_are_first_between_equal_full_voices() -> None:
    """A third supporter of p9 has paid all for x: it has two full voices, as p1."""
    of_eight = election(64, {"x": 32, "p9": 4, "p1": 4}, *["x"] * 3, "x,p9", *["p9"] * 2, *["p1"] * 2)
    first, second, third = Shares(of_eight).round(Fraction(800), explained=True).steps
    assert (first.project, first.share) == ("x", 800)
    assert (second.project, second.strength, second.without, second.share) == ("p9", 2, 1, 200)
    assert (second.tied, second.settled) == (("p1",), Settled.VOTES)
    assert (third.project, third.strength) == ("p1", 2)


def test_what_is_left_goes_by_votes() -> None:
    """The round that takes b takes c too, which is too much for the budget: votes, here numbers, take one of them."""
    found = count(election(11, {"a": 6, "b": 5, "c": 5}, "a", "a", "b", "c"), "equal-shares")
    assert found.completion is not None
    assert (found.completion.stopped, found.completion.next_over) == (Stopped.BUDGET, 500)
    assert (found.selected, found.completed, found.spent) == (("a", "b"), ("b",), 1100)
    assert (found.steps[1].by_votes, found.steps[1].tied, found.steps[1].settled) == (True, ("c",), Settled.NUMBER)
    (other,) = found.not_taken
    assert (other.why, other.over, other.missing) == (Why.SUPPORTERS, 500, 25)


def test_k_votes_rank_and_fill_seats() -> None:
    ballots = ["a,b", "a,b", "a,c", "d"]
    free = {"a": 0, "b": 0, "c": 0, "d": 0, "e": 0}
    found = count(election(0, free, *ballots), "k")
    assert found.selected == ("a", "b", "c", "d")
    assert [(one.project, one.why) for one in found.not_taken] == [("e", Why.NO_VOTES)]
    found = count(election(0, free, *ballots, seats=3), "k")
    assert found.selected == ("a", "b", "c")
    assert found.ties[-1].tied == ("d",), "the third seat is the smaller number's"
    assert [(one.project, one.why, one.fewer) for one in found.not_taken] == [
        ("d", Why.SEATS, 0),
        ("e", Why.NO_VOTES, 1),
    ]
    assert count(election(0, free, *ballots, seats=0), "k").selected == ()


@pytest.mark.parametrize("rule", RULES)
def test_nobody_voted(rule: str) -> None:
    found = count(election(100, {"a": 10, "b": 20}), rule)
    assert (found.selected, found.spent, found.served) == ((), 0, 0)
    assert {one.why for one in found.not_taken} == {Why.NO_VOTES}
    assert count(election(100, {"a": 10}, "", ""), rule).selected == ()


@pytest.mark.parametrize("rule", BY_MONEY)
def test_everybody_alike(rule: str) -> None:
    found = count(election(100, {"a": 40, "b": 50, "c": 20}, *["a,b"] * 300), rule)
    assert found.selected == ("a", "b")
    assert found.served == 300


@pytest.mark.parametrize("rule", BY_MONEY)
def test_one_project_is_dearer_than_the_whole_budget(rule: str) -> None:
    found = count(election(100, {"a": 101, "b": 30}, *["a"] * 9, "b"), rule)
    assert found.selected == ("b",)
    (dear,) = found.not_taken
    assert (dear.why, dear.over) == (Why.TOO_DEAR, 100)


@pytest.mark.parametrize("rule", BY_MONEY)
def test_a_budget_of_nothing_gives_nothing(rule: str) -> None:
    found = count(election(0, {"a": 1}, "a"), rule)
    assert (found.selected, found.left) == ((), 0)


@pytest.mark.parametrize("rule", BY_MONEY)
def test_a_billion_among_three_does_not_take_a_billion_rounds(rule: str) -> None:
    found = count(election(1_000_000_000, {"a": 999_999_999, "b": 700_000_001, "c": 3}, "a", "b", "b,c"), rule)
    assert found.spent <= found.budget
    assert "b" in found.selected


def test_the_most_rounds_are_made_then_votes_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MOST_ROUNDS", 5)
    found = count(election(1000, {"a": 900}, "a", "", "", ""), "equal-shares")
    assert found.completion is not None
    assert (found.completion.rounds, found.completion.stopped) == (5, Stopped.ROUNDS)
    assert found.completed == ("a",)


def test_cents_are_exact() -> None:
    projects = [Project("a", cost=3333), Project("b", cost=3334), Project("c", cost=3334)]
    found = count(gather(projects, [["a", "b", "c"]] * 3, budget=10_000), "equal-shares")
    assert found.spent == 6667
    (missed,) = found.not_taken
    assert (missed.project, missed.over) == ("c", 1)


@pytest.mark.parametrize("rule", BY_MONEY)
def test_what_costs_nothing_is_not_counted_by_money(rule: str) -> None:
    with pytest.raises(ValueError, match="cost"):
        count(election(10, {"a": 0}, "a"), rule)
    with pytest.raises(ValueError, match="negative"):
        count(election(-10, {"a": 1}, "a"), rule)


def test_two_counts_are_compared_and_districts_say_what_they_get() -> None:
    projects = [
        Project("a", cost=5000, district="Bourg"),
        Project("b", cost=4000, district="Bourg"),
        Project("c", cost=4000, district="Aydes"),
    ]
    of_ten = gather(projects, [*[["a", "b"]] * 6, *[["c"]] * 4], budget=10_000)
    compared = compare(count(of_ten, "equal-shares"), count(of_ten, "greedy"))
    assert (compared.both, compared.only_first, compared.only_second) == (("a",), ("c",), ("b",))
    assert (compared.first.served, compared.second.served) == (10, 6)
    told = {name: (district.selected, district.spent) for name, district in compared.second.districts.items()}
    assert told == {"Aydes": ((), 0), "Bourg": (("a", "b"), 9000)}


def test_numbers_of_any_length_are_in_their_order() -> None:
    long = ["9" * 5000, "1" + "0" * 5000, "007", "7", "8", "0"]
    assert sorted(long, key=natural) == ["0", "007", "7", "8", "9" * 5000, "1" + "0" * 5000]


def test_numbers_are_in_the_order_in_which_people_number() -> None:
    assert sorted(["c10", "c2", "10", "2", "c", "02"], key=natural) == ["02", "2", "10", "c", "c2", "c10"]


# What must hold of every election.

IDS = [f"p{number}" for number in range(8)]


@st.composite
def any_election(draw: st.DrawFn) -> Election:
    ids = IDS[: draw(st.integers(1, 8))]
    projects = [Project(project, cost=draw(st.integers(1, 6_000))) for project in ids]
    ballots = draw(st.lists(st.lists(st.sampled_from(ids), unique=True, max_size=5), max_size=30))
    return gather(projects, ballots, budget=draw(st.integers(0, 20_000)), seats=draw(st.integers(0, 9)))


quick = settings(max_examples=60, deadline=None)


@quick
@given(any_election())
def test_never_over_the_budget_and_the_steps_add_up(any_one: Election) -> None:
    for rule in BY_MONEY:
        found = count(any_one, rule)
        assert found.spent <= any_one.budget
        left = any_one.budget
        for step in found.steps:
            left -= step.cost
            assert step.left == left
            if step.share is not None:
                assert step.paying + step.giving_rest + step.without == step.votes
                assert step.strength == step.cost / step.share
        assert sorted((*found.selected, *(one.project for one in found.not_taken))) == sorted(any_one.projects)


@quick
@given(any_election(), st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(any_one: Election, draw: object) -> None:
    projects = list(any_one.projects.values())
    ballots = [list(choice) for choice, people in any_one.ballots.items() for _person in range(people)]
    for things in (projects, ballots, *ballots):
        draw.shuffle(things)  # type: ignore[attr-defined]
    other = gather(projects, ballots, budget=any_one.budget, seats=any_one.seats)
    for rule in RULES:
        assert count(any_one, rule) == count(other, rule)


@quick
@given(any_election(), st.integers(2, 5))
def test_as_many_people_of_each_kind_change_nothing_where_purses_are_in_proportion(
    any_one: Election, times: int
) -> None:
    """Everybody twice, the budget and costs twice too: what one has is the same, and so is what one pays."""
    other = gather(
        [Project(project.id, cost=project.cost * times) for project in any_one.projects.values()],
        [choice for choice, people in any_one.ballots.items() for _person in range(people * times)],
        budget=any_one.budget * times,
    )
    for rule in BY_MONEY:
        assert count(any_one, rule).selected == count(other, rule).selected


@quick
@given(any_election())
def test_what_all_approve_and_can_afford_is_taken(any_one: Election) -> None:
    total = sum(project.cost for project in any_one.projects.values())
    everybody = gather(any_one.projects.values(), [list(any_one.projects)] * 7, budget=total)
    for rule in BY_MONEY:
        assert sorted(count(everybody, rule).selected) == sorted(any_one.projects)


def test_the_same_taken_with_less_and_with_more_does_not_mean_the_same_between() -> None:
    """With 10 for each and with 14 the same two are taken, with 13 a third: nothing is skipped on that ground."""
    costs = {"a": 16, "b": 11, "c": 12, "d": 10}
    of_three = Shares(election(30, costs, "a,c,d", "a,d", "b,c"))
    poorer, between, richer = (of_three.round(Fraction(share * 100)) for share in (10, 13, 14))
    assert poorer.taken == richer.taken != between.taken
    assert not poorer.same_until(richer)
    assert richer.same_until(of_three.round(Fraction(1401)))


@quick
@given(any_election(), st.integers(1, 400))
def test_rounds_that_are_skipped_are_as_if_they_were_made(any_one: Election, dearer: int) -> None:
    """The last share is the same as when every round is made, one after the other."""
    costly = gather(
        [Project(project.id, cost=project.cost * dearer) for project in any_one.projects.values()],
        [choice for choice, people in any_one.ballots.items() for _person in range(people)],
        budget=any_one.budget * 20,
    )
    if not costly.voters:
        return
    counted = Shares(costly)
    _last, completion = counted.completed()
    wanted = sum(1 for name, votes in costly.votes.items() if votes and costly.projects[name].cost <= costly.budget)
    share, rounds = completion.first_share, 0
    while len(counted.round(share).taken) < wanted and rounds < 300:
        if counted.round(share + shares.INCREMENT).spent > costly.budget:
            break
        share, rounds = share + shares.INCREMENT, rounds + 1
    assert completion.rounds == rounds or (rounds == 300 and completion.rounds >= 300)


def hostile(*, honest: int, ties: list[str]) -> Election:
    """Beside others, a few whose projects stay equal as they gain, and one of which all wait for another in vain."""
    costs = {"a": 1, "w": 15_000, "x": 10_000, "y": 10_000, "z": 500_000}
    return election(40_000, costs, *["a"] * honest, *ties)


def test_what_stays_equal_for_ever_does_not_make_every_round(monkeypatch: pytest.MonkeyPatch) -> None:
    made, real = [0], Shares.round

    def counting(self: Shares, share: Fraction, *, explained: bool = False) -> shares.Round:
        made[0] += 1
        return real(self, share, explained=explained)

    monkeypatch.setattr(Shares, "round", counting)
    twins = hostile(honest=400, ties=["w,z,x,y", "w,z", "w,z", "x,y,z"])
    last, completion = Shares(twins).completed()
    assert completion.stopped is Stopped.ALL, "what is dearer than the whole budget is waited for by nobody"
    assert sorted(Shares(twins).ids[number] for number in last.taken) == ["a", "w", "x", "y"]
    assert completion.rounds > 10_000
    assert made[0] < 150


def test_equal_ones_of_others_do_not_make_every_round_either() -> None:
    """x and y have other supporters, and grow alike: nobody is another's twin, and nothing crosses."""
    costs = {"a": 1, "w": 15_000, "v": 15_000, "x": 10_000, "y": 10_000}
    voters = ["w,x", "w", "w", "x", "v,y", "v", "v", "y"]
    counted = Shares(election(60_000, costs, *["a"] * 400, *voters))
    poorer, richer = (counted.round(Fraction(100 * share)) for share in (8_000, 8_600))
    assert poorer.taken == richer.taken
    assert poorer.same_until(richer)
    # Where others pay it is not told: nothing is skipped on that ground.
    assert not counted.round(Fraction(100 * 6_000)).same_until(richer)


def test_after_the_most_counts_votes_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MOST_COUNTS", 3)
    monkeypatch.setattr(shares, "MOST_LOOKS", 0)
    found = count(hostile(honest=400, ties=["w,z,x,y", "w,z", "w,z", "x,y,z"]), "equal-shares")
    assert found.completion
    assert (found.completion.stopped, found.completion.next_over) == (Stopped.ROUNDS, None)
    assert set(found.selected) == {"a", "w", "x", "y"}
    assert found.completed
