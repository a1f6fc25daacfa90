"""The desk of answers: four stations with their counts, what they cost, and what the week says of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from common.worklist import Asked, When, awaited_by, lines_of
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.outcomes.selectors.desk import PUBLISHED, STATIONS, TO_ASSIGN, TO_SIGN, WRITING, desk_of
from consultations.outcomes.services.writing import Text, write_answers
from consultations.participation.enums import Status
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerFactory, OpinionFactory, promise, published_answer
from tests.participation.factories import ProposalFactory, merge

PAGE = "/gestion/consultations/territoires-resilients/reponses/"


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return every_consultation().get()


def one_at_each_station(**kwargs: Any) -> None:
    writer = UserFactory(role=Role.FACILITATOR)
    ProposalFactory(**kwargs)
    AnswerFactory(**{f"proposal__{name}": value for name, value in kwargs.items()})
    answer = AnswerFactory(writer=writer, due_on=timezone.localdate())
    OpinionFactory(answer=answer, due_on=timezone.localdate() - timedelta(days=1))
    OpinionFactory(answer=answer, stance="FAVOURABLE", given_at=timezone.now())
    AnswerFactory(to_sign=True, writer=writer)
    published_answer(writer=writer)


def test_each_proposal_is_at_one_station_and_those_that_need_no_answer_at_none(consultation: Consultation) -> None:
    one_at_each_station()
    for status in (Status.HIDDEN, Status.WITHDRAWN, Status.HELD, Status.REMOVED):
        ProposalFactory(status=status)
    merge(2)  # one for all that it brings together
    desk = desk_of(consultation, at=timezone.now())
    assert desk.counts == {TO_ASSIGN: 3, WRITING: 1, TO_SIGN: 1, PUBLISHED: 1}
    assert (desk.clock.total, desk.clock.answered, desk.station, desk.late_opinions) == (6, 1, WRITING, 1)


def test_what_was_held_elsewhere_waits_for_nobody_until_the_city_gives_it_a_date(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    Consultation.objects.update(import_ref="elsewhere")
    Phase.objects.filter(kind="ANSWER").update(opens_at=None, closes_at=None)
    consultation = every_consultation().get()
    ProposalFactory(import_ref="elsewhere-1", author=None)
    desk = desk_of(consultation, at=timezone.now())
    assert (desk.counts[TO_ASSIGN], desk.clock.total, desk.rows) == (0, 0, [])
    client = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    page = client.get(PAGE).content.decode()
    assert "Cette consultation a eu lieu ailleurs" in page
    assert "Aucune proposition à laquelle répondre pour l’instant" in page
    # One that somebody begins to answer all the same is there; and all are, once people are told of a date.
    AnswerFactory(proposal__import_ref="elsewhere-2", writer=UserFactory(role=Role.FACILITATOR))
    assert desk_of(consultation, at=timezone.now()).counts[WRITING] == 1
    promise(timezone.now() + timedelta(days=30))
    assert desk_of(every_consultation().get(), at=timezone.now()).counts[TO_ASSIGN] == 1


def test_the_clock_is_the_title(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    client = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)

    def title() -> str:
        page = client.get(PAGE).content.decode()
        return page[page.index("<h1") :].split(">")[1].split("<")[0]

    assert title() == "Aucune proposition à laquelle répondre pour l’instant"
    ProposalFactory()
    midday = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    for until, words in (
        (None, "1 proposition attend sa réponse"),
        (midday + timedelta(days=70), "Encore 70 jours pour 1 réponse"),
        (midday - timedelta(days=3), "1 réponse promise est en retard"),
    ):
        promise(until)
        assert title() == words


def test_a_pace_is_told_of_no_fewer_than_five_answers_and_five_days(consultation: Consultation) -> None:
    now = timezone.now()
    ProposalFactory.create_batch(5)
    for count, days, told in ((4, 9, None), (5, 4, None), (5, 10, timezone.localdate(now + timedelta(days=10)))):
        while Answer.objects.count() < count:
            published_answer()
        AnswerVersion.objects.update(signed_at=now - timedelta(days=days))
        assert desk_of(consultation, at=now).last_on == told, (count, days)


@pytest.mark.parametrize("station", STATIONS)
def test_a_page_costs_the_same_at_two_rows_and_at_twenty(
    visit: Callable[..., Client], in_saran: Municipality, station: str
) -> None:
    client = visit(in_saran, UserFactory(role=Role.ADMINISTRATOR), stays=True)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE, {"etape": station}).status_code == 200
        return len(captured)

    one_at_each_station()
    one_at_each_station()
    queries()
    few = queries()
    for _each in range(8):
        one_at_each_station()
    queries()  # notes that the content has changed
    assert queries() == few


def test_the_list_is_narrowed_to_a_challenge_and_an_odd_address_to_nothing(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    first, second = consultation.challenges.order_by("position")[:2]
    here, there = ProposalFactory(challenge=first), ProposalFactory(challenge=second)
    client = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True)
    page = client.get(PAGE, {"defi": first.slug, "etape": "a-confier"}).content.decode()
    assert here.title in page
    assert there.title not in page
    assert there.title in client.get(PAGE, {"defi": "x", "etape": "y", "page": "z"}).content.decode()


def test_the_trail_names_an_answer_by_its_proposal_and_leads_there(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    ProposalFactory()  # so that their numbers differ
    boss, proposal = UserFactory(administrator=True), ProposalFactory()
    text = {proposal.pk: Text(decision="DECLINED", reasons="Le réseau d’eau n’y passe pas encore.")}
    write_answers(consultation=consultation, texts=text, revisions={}, actor=boss, at=timezone.now())
    page = visit(in_saran, boss, stays=True).get("/gestion/journal/").content.decode()
    assert f"Réponse à la proposition n°\xa0{proposal.pk}" in page
    assert f'href="{reverse("proposal_short", args=[proposal.pk])}"' in page


# ── The week ─────────────────────────────────────────────────────────────────


def lines(city: Municipality, consultation: Consultation) -> dict[str, Any]:
    found = every_consultation().get(pk=consultation.pk)
    at = timezone.now()
    asked = Asked(found, calendar_of(found, at=at), city, at)
    return {line.kind: line for line in lines_of(asked) if line.kind.startswith("outcomes.")}


def test_the_week_says_what_is_owed_what_is_late_and_who_is_to_sign(
    consultation: Consultation, in_saran: Municipality
) -> None:
    one_at_each_station()
    for left, when in ((60, When.LATER), (15, When.WEEK), (-1, When.TODAY)):
        promise(timezone.now() + timedelta(days=left))
        assert lines(in_saran, consultation)["outcomes.due"].when == when
    found = lines(in_saran, consultation)
    assert (found["outcomes.due"].amount, found["outcomes.opinions"].amount) == (4, 1)
    answer, other = Answer.objects.get(state=AnswerState.TO_SIGN), UserFactory(role=Role.ADMINISTRATOR)
    line = lines(in_saran, consultation)["outcomes.to_sign"]
    assert line.may_be_done_by(answer.signer)
    assert not line.may_be_done_by(other)


def test_what_one_is_asked_alone_comes_first_in_their_week_and_needs_nobody_to_take_it(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    promise(timezone.now() + timedelta(days=15))
    mayor = UserFactory(role=Role.DECISION_MAKER, public_name="Hélène Vasseur", function="adjointe")
    AnswerFactory(to_sign=True, signer=mayor, reasons="Le réseau n’y passe pas. " * 240)
    AnswerFactory(written=True)
    OpinionFactory(service=mayor, service_name="adjointe")
    week = visit(in_saran, mayor, stays=True).get("/gestion/").content.decode().partition("worklist--week")[2]
    lines = [each.partition("</li>")[0] for each in week.split('class="work-item"')[1:]]
    assert "1 réponse attend votre signature" in lines[0]
    assert "5\xa0minutes" in lines[0].replace(" ", "\xa0")
    assert "1 avis vous est demandé" in lines[1]
    assert "Personne encore" not in lines[0] + lines[1]
    colleague = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True).get("/gestion/").content.decode()
    assert "1 avis est demandé à Hélène Vasseur" in colleague


def test_beside_the_week_of_another_stands_what_it_owes(consultation: Consultation) -> None:
    ProposalFactory()
    promise(timezone.now() - timedelta(days=1))
    found = awaited_by([every_consultation().get()], user=UserFactory(), at=timezone.now())[consultation.pk]
    assert "1 réponse" in str(found.words)
    assert found.when == When.TODAY


def test_what_waits_for_my_signature_in_another_consultation_is_a_link_of_my_week_and_of_nobody_elses(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    answer = AnswerFactory(to_sign=True)
    promise(timezone.now() - timedelta(days=1))
    Consultation.objects.update(is_current=False)
    Consultation.objects.create(slug="une-autre", title="Une autre", is_current=True, opened_at=timezone.now())
    link = f'<a href="{PAGE}signer/">1 réponse attend votre signature</a>'
    for who, reads in ((answer.signer, True), (UserFactory(role=Role.DECISION_MAKER), False)):
        assert (link in visit(in_saran, who, stays=True).get("/gestion/").content.decode()) is reads
