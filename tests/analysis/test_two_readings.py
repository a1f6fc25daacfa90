"""Whoever reads twice learns of nobody what they are: what can be read is the same, whatever that is."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.enums import AgeBand
from accounts.listing import list_neighbourhoods
from accounts.models import User
from common.personal import forget_person
from consultations.analysis.enums import RunKind
from consultations.analysis.models import AnalysisRun, Dashboard
from consultations.analysis.selectors.dashboard import figures_of
from consultations.analysis.selectors.figures_file import head, rows
from consultations.analysis.services import groups
from consultations.analysis.services.figures import count_figures
from consultations.analysis.services.publishing import publish_run
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.outcomes.selectors.participants import participants_of
from consultations.participation.enums import ReactionValue, Status
from consultations.participation.models import Proposal, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.analysis.people import come
from tests.analysis.people import react as press
from tests.analysis.tables import camps
from tests.analysis.test_city_groups import here, react, result
from tests.participation.factories import ArgumentFactory, ProposalFactory

BANDS = [AgeBand.FROM_25_TO_39, AgeBand.FROM_40_TO_59, AgeBand.FROM_75, ""]
PLACES = ["Recouvrance", "Saint-Marc", "Bellevue"]


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return every_consultation().get(is_current=True)


def read(consultation: Consultation) -> Any:
    """All that anybody may read of persons: the page and its file, and the results."""
    at = timezone.now()
    count_figures(at=at)
    found = figures_of(every_consultation().get(pk=consultation.pk), at=at)
    return list(rows(found)), found.parts, participants_of(consultation)


def whatever_they_are(consultation: Consultation, story: Callable[[Any], list[Any]], parts: list[Any]) -> list[Any]:
    """What was read in a story, which is the same whatever part its newcomers are in."""
    found = []
    for part in parts:
        with transaction.atomic():
            found.append([(lines, told.keys(), people) for lines, told, people in story(part)])
            transaction.set_rollback(True)
    for other in found[1:]:
        assert [str(each) for each in other] == [str(each) for each in found[0]]
    return found[0]


# ── Figures ──────────────────────────────────────────────────────────────────


def test_what_a_person_wrote_is_counted_by_nothing_that_is_known_of_them(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    """Of twelve, six of each age, one signs a proposal: in the row of which age it is would be theirs."""
    Dashboard.objects.create(consultation=consultation, is_public=True, updated_at=timezone.now())

    def story(band: Any) -> list[Any]:
        author = UserFactory(public_name="Alice Martin", age_band=band, neighbourhood="")
        other = BANDS[1 - BANDS.index(band)]
        proposal = ProposalFactory(author=author)
        people = come(5, age_band=band, proposal=proposal) + come(6, age_band=other, proposal=proposal)
        ArgumentFactory(proposal=proposal, author=author)
        assert len(people) == 11
        return [read(consultation)]

    whatever_they_are(consultation, story, BANDS[:2])
    story(BANDS[0])
    page = visit(in_saran).get("/consultations/territoires-resilients/chiffres/").content.decode()
    assert page.count('<th role="columnheader"', page.index("people-title")) == 2
    file = visit(in_saran).get("/consultations/territoires-resilients/chiffres/chiffres.csv").content.decode()
    table = list(csv.reader(StringIO(file), delimiter=";"))
    of_persons = [row for row in table if row[0].startswith("Personnes")]
    assert {row[2] for row in of_persons if "Âge" in row[0]} == {"6", "12"}
    assert not [cell for row in of_persons for cell in row[6:] if cell]
    assert {row[0] for row in table[1:] if row[2]} == {"Toute la consultation", *(row[0] for row in of_persons)}
    assert len(table[0]) == len(head())


@pytest.mark.parametrize("moves", [{}, {"bellevue": "Bellevue-Kerbernier"}, {"bellevue": "Recouvrance"}])
def test_a_list_of_neighbourhoods_that_changes_tells_nothing_of_who_came_before(
    consultation: Consultation, moves: dict[str, str]
) -> None:
    list_neighbourhoods(actor=None, names=PLACES)
    for place, size in zip(PLACES, (8, 7, 7), strict=True):
        come(size, neighbourhood=place)
    assert [row[2] for row in read(consultation)[0] if row[1] in PLACES] == [8, 7, 7]

    def story(place: Any) -> list[Any]:
        come(1, neighbourhood=place)
        before = read(consultation)
        names = PLACES[:2] + ([] if "Recouvrance" in moves.values() else ["Bellevue-Kerbernier"])
        list_neighbourhoods(actor=None, names=names, moves=moves)
        return [before, read(consultation)]

    _before, after = whatever_they_are(consultation, story, PLACES)
    assert [row[2] for row in after[0] if row[1] in PLACES[:2]] == [8, 7]


def test_many_who_say_another_age_tell_nothing_of_who_came_meanwhile(consultation: Consultation) -> None:
    come(11, age_band=BANDS[1])
    come(130, age_band=BANDS[2])
    own = come(16, age_band=BANDS[0])
    read(consultation)

    def story(band: Any) -> list[Any]:
        seen = []
        for says in (BANDS[1], BANDS[0]):
            come(1, age_band=band)
            User.objects.filter(pk__in=[each.pk for each in own]).update(age_band=says)
            seen.append(read(consultation))
        return seen

    whatever_they_are(consultation, story, BANDS)


def test_many_who_leave_or_are_erased_tell_nothing_of_who_came_or_left_among_them(consultation: Consultation) -> None:
    first = {band: come(12, age_band=band) for band in BANDS}
    read(consultation)

    def story(band: Any) -> list[Any]:
        come(1, age_band=band)
        User.objects.filter(pk__in=[each.pk for each in first[BANDS[1]][:9]]).update(is_active=False)
        seen = [read(consultation)]
        forget_person(first[band][-1], with_texts=False, at=timezone.now())
        return [*seen, read(consultation)]

    whatever_they_are(consultation, story, BANDS)


def test_four_accounts_of_ones_own_that_come_with_somebody_tell_nothing_of_them(consultation: Consultation) -> None:
    for band in BANDS:
        come(8, age_band=band)
    read(consultation)

    def story(band: Any) -> list[Any]:
        come(4, age_band=BANDS[0])
        come(1, age_band=band)
        return [read(consultation)]

    whatever_they_are(consultation, story, BANDS)


# ── Groups ───────────────────────────────────────────────────────────────────


def seen(kept: dict[str, Any]) -> dict[str, Any]:
    return {"whole": kept["whole"], **kept["challenges"]}


@pytest.mark.parametrize("victim", [0, 40])
def test_who_is_taken_out_for_one_run_is_in_no_difference(in_saran: Municipality, victim: int) -> None:
    people, proposals = react(camps(people=[24, 24], items=9, seen=1))
    before = result()
    assert before["whole"]["placed"] == 45, "in fives"
    User.objects.filter(pk=people[victim].pk).update(is_active=False)
    assert result() == before
    User.objects.filter(pk=people[victim].pk).update(is_active=True)
    for person in people[1:9]:
        Reaction.objects.filter(user=person, proposal=proposals[0]).update(value=ReactionValue.MIXED)
    assert result() == before, "eight, since it was told last"
    for person in people[9:12]:
        Reaction.objects.filter(user=person, proposal=proposals[0]).update(value=ReactionValue.MIXED)
    assert result()["whole"]["told_at"] > before["whole"]["told_at"], "ten"
    assert all(share % 5 == 0 for row in before["whole"]["together"] for share in row["shares"])


def test_a_challenge_in_which_few_have_changed_stays_as_it_was(in_saran: Municipality) -> None:
    people, proposals = react(camps(people=[24], items=14, seen=1))
    quiet = here().challenges.exclude(pk=proposals[0].challenge_id)[0]
    Proposal.objects.filter(pk__in=[each.pk for each in proposals[7:]]).update(challenge=quiet)
    before = seen(result())
    moved = Reaction.objects.filter(proposal=proposals[0], user__in=people[:11])
    moved.update(value=ReactionValue.MIXED)
    Reaction.objects.filter(proposal=proposals[7], user=people[0]).update(value=ReactionValue.MIXED)
    after = seen(result())
    assert after[str(quiet.pk)] == before[str(quiet.pk)]
    assert after["whole"]["told_at"] > before["whole"]["told_at"]


def test_hiding_what_many_reacted_to_does_not_have_groups_told_anew(in_saran: Municipality) -> None:
    people, proposals = react(camps(people=[24], items=12, seen=1))
    before = result()
    Proposal.objects.filter(pk=proposals[0].pk).update(status=Status.HIDDEN)
    User.objects.filter(pk=people[3].pk).update(is_active=False)
    assert result() == before


def test_of_a_large_city_one_in_twenty_must_have_changed() -> None:
    before = [f"{number:03x}" for number in range(400)]
    assert not groups._is_new(before, before[19:])
    assert groups._is_new(before, before[20:])
    assert not groups._is_new(before[:60], before[9:60])
    assert groups._is_new(before[:60], before[10:60])


def test_what_was_told_without_keeping_of_whom_stays(in_saran: Municipality) -> None:
    people, _proposals = react(camps(people=[24], items=9, seen=1))
    before = result()
    AnalysisRun.objects.update(basis=None, digest="")
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    assert result() == before


def test_the_desk_and_everybody_read_since_when_nothing_is_new(
    in_saran: Municipality, visit: Callable[..., Client], person: Any
) -> None:
    people, _proposals = react(camps(people=[24], items=9, seen=1))
    result()
    desk = visit(in_saran, person(role="ADMINISTRATOR"), stays=True)
    page = f"/gestion/consultations/{here().slug}/ce-qui-rassemble/"
    assert "Rien de neuf depuis le" not in desk.get(page).content.decode()
    press(_proposals[0], [UserFactory()])
    result()
    assert "Rien de neuf depuis le" in desk.get(page).content.decode()
    run = AnalysisRun.objects.filter(kind=RunKind.GROUPS).first()
    assert run is not None
    publish_run(run_id=run.pk, consultation=here(), actor=None, at=timezone.now())
    assert "Rien de neuf depuis le" in visit(in_saran).get("/ce-qui-rassemble/").content.decode()
    assert people
