"""Around one text: several at once, what was decided, the menu and the week of those who decide, the public pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act
from consultations.moderation.models import Case, Decision, SecondLook
from consultations.moderation.services.deciding import undo
from consultations.moderation.services.refusals import DecidedMeanwhile, OwnText
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator, reported
from tests.participation.factories import ArgumentFactory, ReplyFactory
from tests.support.pages import says

TOGETHER = "/gestion/moderation/ensemble/"


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Callable[..., Client]:
    def come(user: Any = None, **kwargs: Any) -> Client:
        return visit(in_saran, user or moderator(), stays=True, **kwargs)

    return come


def form(cases: list[Case], act: str = Act.HIDE, ground: str = "ADVERTISING", **typed: Any) -> dict[str, Any]:
    return {"cas": [case.pk for case in cases], "decision": act, f"ground-{act}": ground, **typed}


def test_several_are_shown_then_decided_one_by_one_with_one_ground_and_undone_together(desk: Any) -> None:
    cases = [reported(ArgumentFactory()) for _number in range(3)]
    client = desk()
    page = client.get(TOGETHER, {"cas": [case.pk for case in cases]})
    assert [line.case for line in page.context["lines"]] == cases
    answer = client.post(TOGETHER, form(cases))
    assert set(Decision.objects.values_list("case", "ground")) == {(case.pk, "ADVERTISING") for case in cases}
    undoable = client.get(answer.headers["Location"]).context["undoable"]
    assert len(undoable) == 3
    client.post("/gestion/moderation/annuler/", {"decision": [each.pk for each in undoable]})
    assert not Argument.objects.filter(status=Status.HIDDEN).exists()


def test_what_could_not_be_decided_is_said_by_its_line_and_the_others_are(desk: Any) -> None:
    judge = moderator()
    fine, theirs, own = (
        reported(ArgumentFactory()),
        reported(ArgumentFactory()),
        reported(ArgumentFactory(author=judge)),
    )
    client = desk(judge)
    client.get(TOGETHER, {"cas": [fine.pk, theirs.pk, own.pk]})
    decided(theirs, Act.KEEP)
    page = client.post(TOGETHER, form([fine, theirs, own]))
    outcomes = {line.case: type(line.refusal) for line in page.context["lines"] if line.refusal}
    assert outcomes == {theirs: DecidedMeanwhile, own: OwnText}
    assert says(page, OwnText)
    assert [each.case for each in page.context["undoable"]] == [fine]


@pytest.mark.parametrize(
    ("act", "ground"), [("", ""), (Act.HIDE, ""), (Act.HIDE, "CRITICISM"), (Act.REDACT, "PERSONAL")]
)
def test_without_a_way_and_its_ground_nothing_is_decided_and_the_words_are_kept(
    desk: Any, act: str, ground: str
) -> None:
    case = reported(ArgumentFactory())
    answer = desk().post(TOGETHER, form([case], act, ground, facts="Mes mots, que je garde."))
    assert (answer.status_code, Decision.objects.exists()) == (422, False)
    assert "Mes mots, que je garde." in answer.content.decode()


def test_what_criticises_waits_for_a_second_person_also_among_several(desk: Any) -> None:
    cases = [reported(ArgumentFactory()) for _number in range(2)]
    desk().post(TOGETHER, form(cases, ground="ATTACK", criticises="1"))
    assert (SecondLook.objects.count(), Decision.objects.exists()) == (2, False)


def test_of_anothers_or_of_nothing_there_is_nothing_to_decide(desk: Any) -> None:
    case = reported(ArgumentFactory())
    Consultation.objects.update(moderated_by=ModeratedBy.FRAMERS)
    assert desk().post(TOGETHER, form([case])).status_code == 404
    page = desk(UserFactory(role=Role.FACILITATOR)).get(TOGETHER, {"cas": ["x", "98765"]})
    assert page.context["lines"] == []


def test_what_was_decided_is_found_by_its_number_or_that_of_a_report(desk: Any) -> None:
    decision, other = decided(reported(ArgumentFactory())), decided(reported(ArgumentFactory()), Act.KEEP)
    judge = moderator()
    cancelled = decided(reported(ArgumentFactory()), moderator=judge)
    undo(decision=cancelled, moderator=judge, at=cancelled.decided_at)
    client = desk()

    def found(number: str) -> list[Decision]:
        return list(client.get("/gestion/moderation/decisions/", {"numero": number}).context["page"].object_list)

    assert found("") == [other, decision]
    report = decision.case.reports.get()
    for number in (decision.number, decision.number.lower(), f" {decision.pk} ", report.number):
        assert found(number) == [decision], number
    assert found("D-99999") == found("n’importe quoi") == []


def test_what_was_decided_costs_the_same_at_two_and_at_ten(desk: Any) -> None:
    client, spent = desk(), []
    for rows in (2, 8):
        for _number in range(rows):
            decided(reported(ReplyFactory()))
        client.get("/gestion/moderation/decisions/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/gestion/moderation/decisions/")
        spent.append(len(captured))
    assert spent[0] == spent[1]


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.MODERATOR, True), (Role.ADMINISTRATOR, False), (Role.OBSERVER, False)]
)
def test_menu_week_and_public_page_lead_those_who_decide_there(desk: Any, role: str, sees: bool) -> None:
    argument = ArgumentFactory(text="Un argument que quelqu’un a signalé.")
    reported(argument)
    reported(ReplyFactory(argument=argument))
    recount()
    client = desk(UserFactory(role=role))
    week = client.get("/gestion/").content.decode()
    assert ('href="/gestion/moderation/"' in week) is sees
    assert ("</span>2</b>" in week) is sees
    assert "2 textes attendent une décision" in week  # everybody of the team reads that
    assert ("Décider<" in week) is sees
    for path in (argument.proposal.get_absolute_url(), argument.get_absolute_url()):
        page = client.get(path).content.decode()
        for kind in ("argument", "reponse"):
            assert (f"/gestion/moderation/texte/{kind}/" in page) is sees, (path, kind)
    assert "/gestion/moderation/" not in desk(UserFactory()).get(argument.get_absolute_url()).content.decode()
