"""What waits for the service's team: listed from each city that has it moderate, and from no other."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from common.models import OutboxMessage
from common.outbox import run_message
from consultations.delegation.models import WaitingCase
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act, AppealState, State
from consultations.moderation.models import Appeal, Case
from consultations.moderation.selectors.colleagues import who_else_decides
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.deciding import undo
from consultations.moderation.services.holding import wait_no_longer, wait_to_be_read
from consultations.moderation.services.listing import cities_to_list_anew, list_for_the_service
from consultations.moderation.tasks import list_anew, list_city_anew
from consultations.participation.models import Argument
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator, reported
from tests.participation.factories import ArgumentFactory, ProposalFactory

LISTS = f"{list_for_the_service.__module__}.{list_for_the_service.__qualname__}"
WORDS = "Une contribution que personne hors de la ville ne lit"


def given_to(mode: str) -> None:
    Consultation.objects.update(moderated_by=mode)


def listing() -> None:
    """What the worker would do now."""
    for message in OutboxMessage.objects.filter(task=LISTS).order_by("created_at", "pk"):
        assert run_message(str(message.pk), at=timezone.now())


def listed() -> list[tuple[str, int, bool]]:
    with schema_context("public"):
        rows = WaitingCase.objects.select_related("municipality").order_by("due_at", "pk")
        return [(row.municipality.slug, row.case, row.is_appeal) for row in rows]


def test_a_case_is_listed_as_long_as_it_waits(in_saran: Municipality) -> None:
    given_to(ModeratedBy.OPERATORS)
    case = reported(ArgumentFactory())
    listing()
    assert listed() == [("saran", case.pk, False)]
    delegate = UserFactory(role=Role.DELEGATE)
    decision = decided(case, moderator=delegate)
    assert decision.by_operator
    listing()
    assert listed() == []
    undo(decision=decision, moderator=delegate, at=decision.decided_at)
    listing()
    assert listed() == [("saran", case.pk, False)]


def test_a_city_that_moderates_itself_is_not_listed(in_saran: Municipality) -> None:
    for mode in (ModeratedBy.MODERATORS, ModeratedBy.FRAMERS):
        given_to(mode)
        reported(ArgumentFactory())
    listing()
    assert listed() == []
    assert not OutboxMessage.objects.filter(task=LISTS).exists()
    list_for_the_service()
    assert listed() == []


def test_a_message_that_comes_late_or_twice_changes_nothing(in_saran: Municipality) -> None:
    given_to(ModeratedBy.OPERATORS)
    first, second = reported(ArgumentFactory()), reported(ArgumentFactory())
    for _time in range(2):
        list_for_the_service(case_id=first.pk)
    assert listed() == [("saran", first.pk, False)]
    list_for_the_service(case_id=second.pk)
    Case.objects.filter(pk=first.pk).update(state=State.DECIDED)
    for _time in range(2):
        list_for_the_service(case_id=first.pk)
    assert listed() == [("saran", second.pk, False)]


def test_what_waits_to_be_published_is_listed_until_it_is_out_or_taken_back(in_saran: Municipality) -> None:
    given_to(ModeratedBy.OPERATORS)
    argument = ArgumentFactory()
    argument.publish_by = timezone.now() + timedelta(hours=24)
    case = wait_to_be_read(thing=argument, at=timezone.now())
    listing()
    assert listed() == [("saran", case.pk, False)]
    wait_no_longer(model=Argument, key=argument.pk)
    listing()
    assert listed() == []


def test_what_comes_sooner_is_more_urgent(in_saran: Municipality) -> None:
    given_to(ModeratedBy.OPERATORS)
    later, argument = reported(ArgumentFactory(), reason="OFF_TOPIC"), ArgumentFactory()
    reported(argument, reason="OFF_TOPIC")
    graver = reported(argument, reason="PERSONAL")
    listing()
    assert [number for _city, number, _appeal in listed()] == [graver.pk, later.pk]


def test_giving_moderation_away_and_taking_it_back_lists_and_unlists_all(
    in_saran: Municipality, visit: Callable[..., Client], person: Callable[..., Any]
) -> None:
    cases = [reported(ArgumentFactory()).pk for _each in range(2)]
    delegate = UserFactory(role=Role.DELEGATE)
    for mode, wanted in ((ModeratedBy.OPERATORS, cases), (ModeratedBy.FRAMERS, [])):
        _save(visit(in_saran, person(administrator=True), stays=True), mode)
        for message in OutboxMessage.objects.order_by("created_at", "pk"):
            run_message(str(message.pk), at=timezone.now())
        assert sorted(number for _city, number, _appeal in listed()) == wanted
    delegate.refresh_from_db()
    assert delegate.session_generation == 2


def _save(client: Client, mode: str) -> None:
    form = client.get("/gestion/consultations/territoires-resilients/cadre/").context["form"]
    given = {name: form[name].value() for name in form.fields} | {"moderated_by": mode}
    opens, closes = (given[name].strftime("%Y-%m-%dT%H:%M") for name in ("opens_at", "closes_at"))
    answer = client.post(
        "/gestion/consultations/territoires-resilients/cadre/", given | {"opens_at": opens, "closes_at": closes}
    )
    assert answer.status_code == 302, answer.context["form"].errors


def test_what_was_listed_amiss_is_put_right_within_the_hour(
    in_saran: Municipality, brest: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that was given up, a change made by hand: only cities where something waits, or is listed, are read."""
    given_to(ModeratedBy.OPERATORS)
    case = reported(ArgumentFactory())
    OutboxMessage.objects.all().delete()
    with schema_context("public"):
        gone = {"kind": "ARGUMENT", "opened_at": timezone.now(), "due_at": timezone.now()}
        WaitingCase.objects.create(municipality=in_saran, case=10**6, **gone)
    assert cities_to_list_anew() == [in_saran.schema_name]
    asked: list[str] = []
    monkeypatch.setattr(list_city_anew, "apply_async", lambda **kwargs: asked.append(connection.schema_name))
    assert list_anew() == 1
    assert asked == [in_saran.schema_name]
    list_city_anew()
    assert listed() == [("saran", case.pk, False)]


# ── An appeal that nobody in the city can answer ──────────────────────────────


def contested(**kwargs: Any) -> Appeal:
    argument = ArgumentFactory()
    decision = decided(reported(argument), **kwargs)
    return appeal(
        decision=decision, author=argument.author, words="Je ne suis pas d’accord avec cela.", at=timezone.now()
    )


def test_with_one_moderator_the_appeal_against_them_is_listed_and_nothing_else(in_saran: Municipality) -> None:
    given_to(ModeratedBy.MODERATORS)
    alone = moderator()
    made = contested(moderator=alone)
    reported(ArgumentFactory())
    listing()
    assert listed() == [("saran", made.decision.case_id, True)]
    delegate = UserFactory(role=Role.DELEGATE)
    answer = decided(made.decision.case, Act.RESTORE, moderator=delegate)
    made.refresh_from_db()
    assert (made.state, answer.by_operator, answer.answers) == (AppealState.CHANGED, True, made)
    listing()
    assert listed() == []


def test_who_is_invited_and_has_not_come_yet_answers_no_appeal(in_saran: Municipality) -> None:
    given_to(ModeratedBy.MODERATORS)
    invited = moderator(public_name="", name_key="", last_login=None)
    made = contested(moderator=moderator())
    assert list(who_else_decides(made.decision.case, user=made.decision.moderator)) == []  # type: ignore[arg-type]
    listing()
    assert listed() == [("saran", made.decision.case_id, True)]
    User.objects.filter(pk=invited.pk).update(last_login=timezone.now())
    list_for_the_service()
    assert listed() == []


@pytest.mark.parametrize("mode", [ModeratedBy.MODERATORS, ModeratedBy.FRAMERS])
def test_where_somebody_else_of_the_city_can_answer_the_service_does_not(in_saran: Municipality, mode: str) -> None:
    given_to(mode)
    role = Role.MODERATOR if mode == ModeratedBy.MODERATORS else Role.FACILITATOR
    User.objects.filter(role__in=[Role.ADMINISTRATOR, Role.FACILITATOR]).update(is_active=False)
    first, second = UserFactory(role=role), UserFactory(role=role)
    made = contested(moderator=first)
    list_for_the_service()
    assert listed() == []
    User.objects.filter(pk=second.pk).update(is_active=False)
    list_for_the_service()
    assert listed() == [("saran", made.decision.case_id, True)]


# ── The page ──────────────────────────────────────────────────────────────────


@pytest.fixture
def operator(db: None) -> User:
    with schema_context("public"):
        found: User = UserFactory(operator=True)  # type: ignore[assignment]
        return found


def wait_in(city: Municipality, case: int = 1, **kwargs: Any) -> WaitingCase:
    now = timezone.now()
    given = {"kind": "PROPOSAL", "opened_at": now - timedelta(hours=3), "due_at": now + timedelta(hours=1), **kwargs}
    with schema_context("public"):
        return WaitingCase.objects.create(municipality=city, case=case, **given)


def test_the_queue_says_where_what_and_since_when_and_never_what_it_says(
    in_saran: Municipality, brest: Municipality, visit: Callable[..., Client], operator: User
) -> None:
    given_to(ModeratedBy.OPERATORS)
    reported(ProposalFactory(title=WORDS), words=WORDS)
    listing()
    wait_in(brest, due_at=timezone.now() - timedelta(hours=2), is_appeal=True)
    page = visit(None, operator).get("/ops/moderation/").content.decode()
    assert page.index("Brest") < page.index("Saran")
    assert "2\xa0heures de retard" in page
    assert "contestée" in page
    assert WORDS not in page
    for each in (page, visit(None, operator).get("/ops/").content.decode()):
        assert re.search(r"Modération\s+<b><span[^>]*>[^<]*</span>2</b>", each)  # in the menu of all their pages


def test_an_empty_queue_says_so(visit: Callable[..., Client], operator: User) -> None:
    answer = visit(None, operator).get("/ops/moderation/")
    assert "Rien ne nous attend" in answer.content.decode()


def test_the_queue_costs_as_much_whatever_waits(
    saran: Municipality, brest: Municipality, visit: Callable[..., Client], operator: User
) -> None:
    client, counts = visit(None, operator), []
    client.get("/ops/moderation/")
    for number in (2, 40):
        for case in range(number):
            wait_in(saran if case % 2 else brest, case=1000 * number + case)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/ops/moderation/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (LifecycleState.READ_ONLY, True),
        (LifecycleState.CLOSED, True),
        (LifecycleState.SUSPENDED, False),
        (LifecycleState.DELETED, False),
    ],
)
def test_what_waits_is_shown_where_texts_are_public(
    saran: Municipality, visit: Callable[..., Client], operator: User, state: str, shown: bool
) -> None:
    wait_in(saran)
    Municipality.objects.filter(pk=saran.pk).update(state=state)
    assert ("Saran" in visit(None, operator).get("/ops/moderation/").content.decode()) is shown


@pytest.mark.parametrize("table", ["delegation_waitingcase", "delegation_ticket"])
@pytest.mark.parametrize("statement", ["SELECT * FROM public.{}", "DELETE FROM public.{}"])
def test_no_city_reads_or_writes_what_waits_elsewhere(in_saran: Municipality, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
