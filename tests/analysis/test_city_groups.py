"""What brings a city's people together: of whose reactions it is made, and that it keeps nobody."""

import io
import json
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from common.personal import forget_person
from consultations.analysis.enums import RunKind
from consultations.analysis.models import AnalysisRun
from consultations.analysis.services import groups
from consultations.analysis.services.leaving import join_analyses, leave_analyses
from consultations.analysis.services.running import ask_for_run, make_run
from consultations.framing.models import Consultation
from consultations.participation.enums import ReactionValue, Status
from consultations.participation.models import Proposal, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.analysis.tables import camps
from tests.participation.factories import ProposalFactory

OF_CELL = {1: ReactionValue.LIKE, 0: ReactionValue.MIXED, -1: ReactionValue.DISLIKE}


def react(cells: np.ndarray) -> tuple[list[User], list[Proposal]]:
    """People and proposals, with these reactions."""
    people = [UserFactory() for _row in cells]
    proposals = [ProposalFactory() for _column in cells.T]
    Reaction.objects.bulk_create(
        Reaction(user=person, proposal=proposal, value=OF_CELL[int(cell)])
        for person, row in zip(people, cells, strict=True)
        for proposal, cell in zip(proposals, row, strict=True)
        if int(cell) in OF_CELL
    )
    return people, proposals


def here() -> Consultation:
    return Consultation.objects.get(is_current=True)


def result() -> dict[str, Any]:
    run = ask_for_run(consultation=here(), kind=RunKind.GROUPS, actor=None, at=timezone.now())
    make_run(run_id=run.pk)
    run.refresh_from_db()
    assert isinstance(run.result, dict)
    return run.result


def test_two_camps_of_a_city_are_told_by_what_they_like(in_saran: Municipality) -> None:
    _people, proposals = react(camps(people=[72, 51], items=24, seen=0.9))
    whole = result()["whole"]
    assert (whole["shown"], whole["placed"]) == ("groups", 120)
    assert [group["people"] for group in whole["groups"]] == [70, 50], "in fives"
    liked_by_all = {proposal.pk for proposal in proposals[:8]}
    assert {row["proposal"] for row in whole["together"]} <= liked_by_all
    assert all(min(row["shares"]) > 75 for row in whole["together"])
    assert {row["proposal"] for row in whole["groups"][0]["more"]} <= {each.pk for each in proposals[8:16]}
    assert {row["proposal"] for row in whole["groups"][0]["less"]} <= {each.pk for each in proposals[16:]}
    assert len(whole["points"]) == 100, "some of each group are left out, and the rest is in fives"


def test_what_is_kept_names_nobody_and_says_of_nobody_where_they_are(in_saran: Municipality) -> None:
    react(camps(people=[72, 51], items=24, seen=0.9))
    kept = result()
    assert set(kept["whole"]["groups"][0]) == {"letter", "people", "more", "less"}
    assert set(kept["whole"]) == {
        "shown", "reason", "people", "placed", "reactions", "stability", "groups", "together", "parting", "points",
        "told_at"
    }  # fmt: skip
    places = [tuple(point) for point in kept["whole"]["points"]]
    assert [place[2] for place in places] == sorted(place[2] for place in places)
    for number in (0, 1):
        theirs = [place[:2] for place in places if place[2] == number]
        assert len(theirs) % 5 == 0
        assert theirs == sorted(theirs), "in an order that no list of people has"


def test_each_challenge_has_its_own_answer(in_saran: Municipality) -> None:
    _people, proposals = react(camps(people=[20, 20], items=24, seen=0.9))
    kept = result()
    first = str(proposals[0].challenge_id)
    assert kept["whole"]["shown"] == kept["challenges"][first]["shown"] == "provisional"
    others = [part for key, part in kept["challenges"].items() if key != first]
    assert others
    assert {(part["shown"], part["placed"]) for part in others} == {("none", 0)}


def test_a_hidden_proposal_has_no_column(in_saran: Municipality) -> None:
    _people, proposals = react(camps(people=[6, 6], items=9, seen=1))
    assert len(groups.gather(here())["proposals"]) == 9
    for status in (Status.HIDDEN, Status.HELD, Status.REMOVED):
        Proposal.objects.filter(pk=proposals[0].pk).update(status=status)
        gathered = groups.gather(here())
        assert proposals[0].pk not in [pk for pk, _challenge in gathered["proposals"]]
        assert {row[1] for row in gathered["reactions"]} == {each.pk for each in proposals[1:]}


def test_a_reaction_to_an_earlier_version_counts(in_saran: Municipality) -> None:
    _people, proposals = react(camps(people=[6, 6], items=9, seen=1))
    before = groups.gather(here())
    Proposal.objects.filter(pk=proposals[0].pk).update(version=2)
    assert groups.gather(here()) == before


def _suspend(user: User) -> None:
    User.objects.filter(pk=user.pk).update(suspended_until=timezone.now() + timedelta(days=1))


def _deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _leave(user: User) -> None:
    leave_analyses(user=user, at=timezone.now())


def _erase(user: User) -> None:
    forget_person(user, with_texts=False, at=timezone.now())


@pytest.mark.parametrize("gone", [_suspend, _deactivate, _leave, _erase])
def test_whoever_is_gone_is_out_at_the_next_run(in_saran: Municipality, gone: Any) -> None:
    people, _proposals = react(camps(people=[6, 6], items=9, seen=1))
    assert {row[0] for row in groups.gather(here())["reactions"]} == set(range(12))
    gone(people[0])
    assert {row[0] for row in groups.gather(here())["reactions"]} == set(range(11))


def test_whoever_comes_back_counts_again(in_saran: Municipality) -> None:
    people, _proposals = react(camps(people=[6, 6], items=9, seen=1))
    before = groups.gather(here())
    leave_analyses(user=people[0], at=timezone.now())
    leave_analyses(user=people[0], at=timezone.now())
    assert groups.gather(here()) != before
    join_analyses(user=people[0])
    join_analyses(user=people[0])
    assert groups.gather(here()) == before


def test_the_command_makes_all_analyses_of_a_city(in_saran: Municipality) -> None:
    react(camps(people=[20, 20], items=12, seen=1))
    out = io.StringIO()
    call_command("analyse", "--city", "saran", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert said["groups"]["state"] == "DONE"
    assert said["groups"]["result"] == AnalysisRun.objects.get(kind=RunKind.GROUPS).result
    assert said["groups"]["result"]["whole"]["shown"] == "provisional"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--city", "nowhere"], "No city has the address"),
        (["--city", "saran", "--consultation", "none"], "There is no such"),
    ],
)
def test_the_command_refuses_what_is_not_there(in_saran: Municipality, options: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("analyse", *options)


def test_of_two_runs_that_tell_anew_chance_has_left_others_out(in_saran: Municipality) -> None:
    """Who is known to have gone would be seen by what changed: others are left out by chance in each run."""
    people, _proposals = react(camps(people=[72, 51], items=24, seen=0.9))
    # In one run of five all of the three that are left out may be of one group, before as after.
    befores = [result()["whole"] for _number in range(6)]
    for person in people[:12]:
        leave_analyses(user=person, at=timezone.now())
    afters = [result()["whole"] for _number in range(3)]
    for before, after in product(befores, afters):
        for name in ("people", "placed"):
            assert (before[name], after[name]) == (120, 110)
        assert before["reactions"] % 100 == after["reactions"] % 100 == 0

    def shares(told: dict[str, Any]) -> dict[int, list[int]]:
        return {row["proposal"]: row["shares"] for row in (*told["together"], *told["parting"])}

    def tells_of_both(before: dict[str, Any], after: dict[str, Any]) -> bool:
        """Of the group in which nobody left something changed as well, and points of both are gone."""
        both = shares(before).keys() & shares(after).keys()
        other = [pk for pk in both if shares(before)[pk][1] != shares(after)[pk][1]]
        gone = {tuple(point) for point in before["points"]} - {tuple(point) for point in after["points"]}
        return bool(other) and len({point[2] for point in gone}) == 2 and len(gone) >= 5

    assert any(tells_of_both(before, after) for before, after in product(befores, afters))
