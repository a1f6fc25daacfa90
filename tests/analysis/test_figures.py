"""Figures kept: they say what the facts say, whatever happened, and never who."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.enums import AgeBand
from accounts.listing import list_neighbourhoods
from accounts.models import AuditEntry, User
from accounts.neighbourhoods import listed_neighbourhoods
from common.db import as_owner, connection
from common.models import OutboxMessage
from common.personal import forget_person
from consultations.analysis import tasks
from consultations.analysis.enums import Dimension
from consultations.analysis.models import Attendance, Breakdown, CountedPerson, DayFigures
from consultations.analysis.selectors.dashboard import figures_of
from consultations.analysis.selectors.told import labels, told
from consultations.analysis.services.figures import count_figures
from consultations.analysis.services.population import set_dashboard
from consultations.framing.enums import WRITING, PhaseKind
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import every_consultation
from consultations.participation.enums import Status
from consultations.participation.models import Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.analysis.people import come, react
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return Consultation.objects.get(is_current=True)


def count(**at: Any) -> int:
    return count_figures(at=at.get("at") or timezone.now())


def recount() -> str:
    said = StringIO()
    with schema_context("public"):
        call_command("recount", city="saran", stdout=said)
    return said.getvalue().strip()


def sums() -> dict[str, int]:
    names = ("proposals", "reworked", "arguments", "taken", "reactions", "argued")
    found = DayFigures.objects.aggregate(**{f"all_{name}": Sum(name) for name in names})
    return {name: found[f"all_{name}"] for name in names}


def close(consultation: Consultation) -> Consultation:
    past = timezone.now() - timedelta(days=1)
    for kind in (PhaseKind.PROPOSE, PhaseKind.REWORK, PhaseKind.PRIORITISE):
        consultation.phases.filter(kind=kind).update(opens_at=past - timedelta(days=60), closes_at=past)
    return every_consultation().get(pk=consultation.pk)


def breakdown(consultation: Consultation, dimension: Dimension) -> dict[str, int]:
    row = Breakdown.objects.get(consultation=consultation, dimension=dimension)
    return dict(row.shown)


def test_what_was_done_is_counted_where_people_read_it(consultation: Consultation) -> None:
    first, second = ProposalFactory(version=2), ProposalFactory()
    argument = ArgumentFactory(proposal=first, taken_in=2)
    ArgumentFactory(proposal=second)
    react(first, [argument.author, UserFactory(), UserFactory()])
    # What is hidden, and what belongs to it, counts nowhere.
    hidden = ProposalFactory(status=Status.HIDDEN)
    ArgumentFactory(proposal=hidden)
    ArgumentFactory(proposal=first, status=Status.HELD)
    react(hidden, [UserFactory()])
    assert count() > 0
    assert sums() == {"proposals": 2, "reworked": 1, "arguments": 2, "taken": 1, "reactions": 3, "argued": 1}
    assert Attendance.objects.get(consultation=consultation).persons == 6
    assert count() == 0, "counted again it is the same"


def test_figures_say_what_the_kept_counts_of_challenges_say(consultation: Consultation) -> None:
    for challenge in Challenge.objects.filter(consultation=consultation)[:2]:
        ArgumentFactory(proposal=ProposalFactory(challenge=challenge))
    recount()
    assert count() == 0
    for challenge in Challenge.objects.filter(consultation=consultation):
        found = DayFigures.objects.filter(challenge=challenge).aggregate(p=Sum("proposals"), a=Sum("arguments"))
        assert (found["p"] or 0, found["a"] or 0) == (challenge.proposal_count, challenge.argument_count)


def test_the_command_says_how_many_rows_were_wrong_and_mends_them(consultation: Consultation) -> None:
    come(6)
    recount()
    DayFigures.objects.update(reactions=99)
    DayFigures.objects.create(
        consultation=consultation, challenge=Challenge.objects.first(), day="2020-01-01", channel="SITE", proposals=3
    )
    Attendance.objects.update(persons=2)
    assert recount() == "saran: 3"
    assert recount() == "saran: 0"


def test_at_night_only_cities_where_it_may_be_amiss_are_counted(
    consultation: Consultation, brest: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.count_city, "apply_async", lambda **kwargs: asked.append(connection.schema_name))
    saran = connection.schema_name
    open_until = consultation.phases.filter(kind__in=WRITING)

    def counted() -> bool:
        asked.clear()
        assert tasks.count_everywhere() == len(asked)
        connection.set_tenant(Municipality.objects.get(schema_name=saran))
        return saran in asked

    with schema_context("public"):
        Municipality.objects.filter(schema_name=saran).update(opened_at=timezone.now())
    with as_owner(), schema_context(saran):
        AuditEntry.objects.update(at=timezone.now() - timedelta(days=3))
    Consultation.objects.filter(pk=consultation.pk).update(opened_at=timezone.now() - timedelta(days=90))
    open_until.update(opens_at=None, closes_at=None)
    assert counted(), "people may write"
    open_until.update(closes_at=timezone.now() - timedelta(days=6))
    assert counted(), "its last week is just over"
    open_until.update(closes_at=timezone.now() - timedelta(days=9))
    assert not counted()
    record("account_erased", actor=None)
    assert counted(), "somebody has left"


@pytest.mark.dates
def test_a_day_is_a_day_of_the_city(consultation: Consultation) -> None:
    at = timezone.localtime(timezone.now() - timedelta(days=9)).replace(hour=23, minute=30)
    react(ProposalFactory(submitted_at=at), [UserFactory()], at=at)
    count()
    assert set(DayFigures.objects.values_list("day", flat=True)) == {at.date()}


def test_a_person_counts_once_whatever_they_did_and_the_team_does_not(consultation: Consultation) -> None:
    proposal = ProposalFactory()
    argument = ArgumentFactory(proposal=proposal)
    ReplyFactory(argument=argument, author=proposal.author)
    react(proposal, [argument.author, UserFactory(role="FACILITATOR"), UserFactory(is_active=False)])
    count()
    assert Attendance.objects.get(consultation=consultation).persons == 2


def test_many_who_write_at_once_have_it_counted_once(
    consultation: Consultation, django_capture_on_commit_callbacks: Any
) -> None:
    from consultations.participation.services.reactions import react as press

    waiting = OutboxMessage.objects.filter(task__endswith="count_again")
    proposal = ProposalFactory(author=None)
    waiting.delete()
    with django_capture_on_commit_callbacks(execute=True):
        for _number in range(3):
            press(proposal=proposal, user=UserFactory(), value="LIKE", at=timezone.now())
    assert waiting.count() <= 1


# ── What is told of persons ───────────────────────────────────────────────────


def test_a_part_of_fewer_than_five_is_not_told_nor_one_beside_it(consultation: Consultation) -> None:
    come(20, age_band=AgeBand.FROM_40_TO_59)
    come(3, age_band=AgeBand.FROM_75)
    come(9, age_band=AgeBand.FROM_18_TO_24)
    count()
    assert breakdown(consultation, Dimension.AGE) == {AgeBand.FROM_40_TO_59: 20}
    row = Breakdown.objects.get(consultation=consultation, dimension=Dimension.AGE)
    assert row.persons == 32


def test_one_person_more_changes_nothing_that_is_told_of_parts(consultation: Consultation) -> None:
    come(20, age_band=AgeBand.FROM_40_TO_59)
    come(9, age_band=AgeBand.FROM_18_TO_24)
    count()
    before = [(row.shown, row.persons) for row in Breakdown.objects.order_by("pk")]
    for _number in range(5):
        come(1, age_band=AgeBand.FROM_18_TO_24)
        count()
        assert [(row.shown, row.persons) for row in Breakdown.objects.order_by("pk")] == before
    assert Attendance.objects.get(consultation=consultation).persons == 34, "five of one age, and nobody else: not told"
    come(5, age_band=AgeBand.FROM_40_TO_59)
    count()
    assert breakdown(consultation, Dimension.AGE) == {AgeBand.FROM_40_TO_59: 25, AgeBand.FROM_18_TO_24: 14}


def test_no_two_versions_differ_by_fewer_than_five(consultation: Consultation) -> None:
    bands = list(AgeBand)
    versions: list[dict[str, int]] = [{}]
    for number in range(12):
        come(1 + 3 * (number % 4), age_band=bands[number % 3])
        come(5, age_band=bands[3 + number % 2])
        count()
        row = Breakdown.objects.filter(consultation=consultation, dimension=Dimension.AGE).first()
        versions.append(dict(row.shown) if row else {})
    differences = {
        later.get(part, 0) - before.get(part, 0)
        for place, later in enumerate(versions)
        for before in versions[:place]
        for part in later
    }
    assert len(differences) > 3
    assert not [each for each in differences if 0 < abs(each) < 5]


@pytest.mark.parametrize("hand", ["leave", "say another age"])
def test_nobody_has_a_breakdown_told_anew_by_leaving_or_by_saying_another_age(
    consultation: Consultation, hand: str
) -> None:
    """Else whoever has many accounts would turn them over, and see in which part one who came meanwhile is."""
    moved = come(16, age_band=AgeBand.FROM_25_TO_39)
    come(12, age_band=AgeBand.FROM_40_TO_59)
    count()
    before = breakdown(consultation, Dimension.AGE)
    come(1, age_band=AgeBand.FROM_40_TO_59)
    if hand == "leave":
        Reaction.objects.filter(user__in=moved).delete()
    else:
        User.objects.filter(pk__in=[each.pk for each in moved]).update(age_band=AgeBand.FROM_40_TO_59)
    count()
    assert breakdown(consultation, Dimension.AGE) == before == {AgeBand.FROM_25_TO_39: 16, AgeBand.FROM_40_TO_59: 12}
    come(4, age_band=AgeBand.FROM_40_TO_59)
    come(5, age_band=AgeBand.FROM_25_TO_39)
    count()
    assert breakdown(consultation, Dimension.AGE)[AgeBand.FROM_40_TO_59] == 17


def test_a_neighbourhood_that_leaves_the_list_tells_nothing_of_who_came_meanwhile(consultation: Consultation) -> None:
    list_neighbourhoods(actor=None, names=["Le Bourg", "Les Aydes"])
    come(8, neighbourhood="Le Bourg")
    come(7, neighbourhood="Les Aydes")
    come(7)
    count()
    come(1, neighbourhood="Le Bourg")
    list_neighbourhoods(actor=None, names=["Le Bourg", "Aydes-Nord"])
    count()
    row = Breakdown.objects.get(consultation=consultation, dimension=Dimension.PLACE)
    found = told(row, labels(listed_neighbourhoods())[Dimension.PLACE], of=23)
    assert found is not None
    assert {each.label: each.persons for each in found.parts} == {"Le Bourg": 8, "un autre, ou non précisé": 14}


def test_what_named_people_wrote_is_counted_in_no_part_of_persons(
    consultation: Consultation, saran: Municipality, visit: Any
) -> None:
    """Proposals and arguments are signed: six of one age and a nought of the other would say how old Alice is."""
    set_dashboard(consultation=consultation, actor=None, is_public=True, effort="", revision=0, at=timezone.now())
    alice = come(6, age_band=AgeBand.FROM_25_TO_39)[0]
    come(6, age_band=AgeBand.FROM_40_TO_59)
    ProposalFactory(author=alice)
    ArgumentFactory(author=alice)
    count()
    assert {type(each) for row in Breakdown.objects.all() for each in row.shown.values()} == {int}
    file = visit(saran).get(f"/consultations/{consultation.slug}/chiffres/chiffres.csv").content.decode("utf-8-sig")
    lines = [line for line in file.splitlines() if "Âge" in line]
    assert len(lines) > 2
    assert {line.split(";", 6)[-1] for line in lines} == {";;;;;"}


def test_whoever_leaves_stays_in_what_was_told_until_half_have_left(consultation: Consultation) -> None:
    gone = come(12, age_band=AgeBand.FROM_40_TO_59)
    come(12, age_band=AgeBand.FROM_18_TO_24)
    count()
    told = breakdown(consultation, Dimension.AGE)
    for number, shown in ((6, True), (12, True), (None, False)):
        Reaction.objects.filter(user__in=gone[:number]).delete()
        if not shown:
            Reaction.objects.filter(pk=Reaction.objects.values("pk")[:1]).delete()
        count()
        assert breakdown(consultation, Dimension.AGE) == told
        figures = figures_of(every_consultation().get(pk=consultation.pk), at=timezone.now())
        assert bool(figures.parts) == shown


def test_a_neighbourhood_that_is_called_otherwise_keeps_its_count(consultation: Consultation) -> None:
    list_neighbourhoods(actor=None, names=["Bourg", "Aydes", "Gare"])
    for place, size in (("Bourg", 8), ("Aydes", 7), ("Gare", 6)):
        come(size, neighbourhood=place)
    count()
    assert breakdown(consultation, Dimension.PLACE) == {"bourg": 8, "aydes": 7, "gare": 6}
    moves = {"aydes": "Les Aydes", "gare": "Bourg"}
    list_neighbourhoods(actor=None, names=["Bourg", "Les Aydes"], moves=moves)
    count()
    assert breakdown(consultation, Dimension.PLACE) == {"bourg": 8, "les-aydes": 7, "gare": 6}
    for place in ("Bourg", "Les Aydes"):
        come(6, neighbourhood=place)
    count()
    assert breakdown(consultation, Dimension.PLACE) == {"bourg": 14, "les-aydes": 13, "gare": 6}
    figures = figures_of(every_consultation().get(pk=consultation.pk), at=timezone.now())
    lines = [(line.label, line.persons) for line in figures.lines(Dimension.PLACE)]
    assert lines[:2] == [("Bourg", 14), ("Les Aydes", 13)]


def test_in_a_copy_of_a_city_nobody_is_told_a_second_time(consultation: Consultation) -> None:
    """Who is told is in no copy."""
    come(12, age_band=AgeBand.FROM_40_TO_59)
    come(12, age_band=AgeBand.FROM_18_TO_24)
    count()
    told = breakdown(consultation, Dimension.AGE)
    CountedPerson.objects.all().delete()
    for _number in range(2):
        count()
        assert breakdown(consultation, Dimension.AGE) == told
    for band in told:
        come(6, age_band=band)
    count()
    assert breakdown(consultation, Dimension.AGE) == dict.fromkeys(told, 18)


def test_who_is_erased_is_in_no_row_at_once(consultation: Consultation) -> None:
    gone = come(6, age_band=AgeBand.FROM_40_TO_59)[0]
    come(6, age_band=AgeBand.FROM_18_TO_24)
    count()
    assert CountedPerson.objects.filter(user=gone).exists()
    forget_person(gone, with_texts=False, at=timezone.now())
    assert not CountedPerson.objects.filter(user=gone).exists()


def test_what_people_did_is_told_anew_by_five_and_while_five_did_not(consultation: Consultation) -> None:
    proposal = ProposalFactory()
    people = come(14, proposal=proposal)
    told = []
    for person in people:
        ArgumentFactory(proposal=proposal, author=person)
        count()
        row = Breakdown.objects.filter(consultation=consultation, dimension=Dimension.ARGUED).first()
        told.append(row.shown["YES"] if row else None)
    assert told == [None] * 4 + [5] * 5 + [10] * 5
