"""The service's team in a city that has it moderate: how it comes in, what it may do there, and how it is out again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.codes import send_code
from accounts.enums import Role
from accounts.models import AuditEntry, SignInLink, User
from accounts.selectors import team
from accounts.sessions import end_sessions
from common.models import OutboxMessage
from common.templatetags.ui import unbroken
from consultations.delegation.models import Ticket, WaitingCase
from consultations.delegation.services import NothingWaits, TicketRefused, issue_ticket, spend_ticket
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act
from consultations.moderation.models import Appeal, Case, Decision, Delegate
from consultations.moderation.permissions import is_asked_for
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.listing import list_for_the_service
from consultations.moderation.services.refusals import NotAModerator
from consultations.participation.models import Argument
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.schema import grant_rights
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator, reported
from tests.participation.factories import ArgumentFactory
from tests.support.addresses import addresses, one_of_everything, path_of
from tests.support.pages import unread

Visit = Callable[..., Client]
QUEUE = "/ops/moderation/"


@pytest.fixture
def operator(db: None) -> User:
    with schema_context("public"):
        found: User = UserFactory(operator=True)  # type: ignore[assignment]
        return found


@pytest.fixture
def case(in_saran: Municipality) -> Case:
    """One that waits in a city that has the service moderate."""
    return delegated(in_saran)


def delegated(city: Municipality) -> Case:
    with schema_context(city.schema_name):
        Consultation.objects.update(moderated_by=ModeratedBy.OPERATORS)
        case = reported(ArgumentFactory())
        list_for_the_service()
    return case


def ticket(visit: Visit, operator: User, case: Case, city: Municipality) -> str:
    """Where the button of the queue leads: an address of the city."""
    with schema_context("public"):
        row = WaitingCase.objects.get(municipality=city, case=case.pk)
    answer = visit(None, operator, stays=True).post(f"{QUEUE}{row.pk}/entrer/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(city.url)
    return answer.headers["Location"].removeprefix(city.url.rstrip("/"))


def entered(visit: Visit, operator: User, case: Case, city: Municipality) -> Client:
    client = visit(city, stays=True)
    answer = client.get(ticket(visit, operator, case, city))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/gestion/moderation/{case.pk}/"
    return client


def is_out(client: Client, case: Case) -> bool:
    answer = client.get(f"/gestion/moderation/{case.pk}/")
    assert answer.status_code in (200, 302)
    return answer.status_code == 302 and answer.headers["Location"].startswith("/connexion/")


# ── What the city reads ───────────────────────────────────────────────────────


def test_its_administrators_read_when_the_service_came_in_and_what_it_decided(
    visit: Visit, operator: User, case: Case, in_saran: Municipality, person: Callable[..., Any]
) -> None:
    administrator = visit(in_saran, person(administrator=True), stays=True)
    page = "/gestion/moderation/acces-du-service/"
    assert "Personne de Territoires résilients n’est entré" in administrator.get(page).content.decode()
    client = entered(visit, operator, case, in_saran)
    given = {"decision": Act.HIDE, "ground": "PERSONAL", "facts": "", "seen": 0}
    client.post(f"/gestion/moderation/{case.pk}/", given)
    read = administrator.get(page).content.decode()
    decision = Decision.objects.get()
    assert f"cas n°\xa0{case.pk}" in read
    assert f"({unbroken(decision.number)})" in read
    assert operator.email not in read
    assert operator.public_name not in read
    assert visit(in_saran, person(role=Role.FACILITATOR), stays=True).get(page).status_code == 404
    assert client.get(page).status_code == 404


def test_what_delegating_means_stands_where_it_is_chosen(
    visit: Visit, in_saran: Municipality, person: Callable[..., Any]
) -> None:
    page = (
        visit(in_saran, person(administrator=True))
        .get("/gestion/consultations/territoires-resilients/cadre/")
        .content.decode()
    )
    assert "perdent aussitôt leur accès" in page
    assert "/gestion/moderation/acces-du-service/" in page


# ── Coming in ─────────────────────────────────────────────────────────────────


def test_a_press_leads_from_the_queue_straight_to_the_text_which_is_decided_there(
    visit: Visit, operator: User, case: Case, in_saran: Municipality
) -> None:
    client = entered(visit, operator, case, in_saran)
    assert client.get(f"/gestion/moderation/{case.pk}/").status_code == 200
    given = {"decision": Act.HIDE, "ground": "PERSONAL", "facts": "", "seen": 0}
    answer = client.post(f"/gestion/moderation/{case.pk}/", given)
    decision = Decision.objects.get(case=case)
    assert answer.status_code == 302
    assert decision.by_operator
    assert Argument.objects.get(pk=case.subject_id).is_hidden
    undone = client.post("/gestion/moderation/annuler/", {"decision": decision.pk})
    assert undone.status_code == 302
    assert not Argument.objects.get(pk=case.subject_id).is_hidden


def test_the_city_reads_each_time_that_somebody_came_in_and_no_name(
    visit: Visit, operator: User, case: Case, in_saran: Municipality
) -> None:
    for _time in range(2):
        entered(visit, operator, case, in_saran)
    entries = AuditEntry.objects.filter(action="delegate_entered")
    assert {(each.subject_type, each.subject_id) for each in entries} == {("moderation.case", str(case.pk))}
    assert entries.count() == 2
    delegate = Delegate.objects.select_related("user").get()
    assert (delegate.operator, delegate.user.role) == (operator.pk, Role.DELEGATE)
    assert delegate.user.email.endswith("@delegation.invalid")
    assert delegate.user.public_name == ""
    with schema_context("public"):
        assert AuditEntry.objects.filter(action="delegation_entered", actor=operator).count() == 2


def test_the_page_lets_its_buttons_lead_to_the_cities_that_it_shows(
    visit: Visit, operator: User, case: Case, in_saran: Municipality
) -> None:
    policy = visit(None, operator, stays=True).get(QUEUE).headers["Content-Security-Policy"]
    assert f"form-action 'self' {in_saran.url.rstrip('/')}" in policy


def test_a_ticket_is_good_once(visit: Visit, operator: User, case: Case, in_saran: Municipality) -> None:
    path = ticket(visit, operator, case, in_saran)
    assert visit(in_saran, stays=True).get(path).status_code == 302
    again = visit(in_saran, stays=True)
    assert again.get(path).status_code == 410
    assert is_out(again, case)
    assert AuditEntry.objects.filter(action="delegate_entered").count() == 1


def test_a_ticket_is_good_for_a_minute(visit: Visit, operator: User, case: Case, in_saran: Municipality) -> None:
    path = ticket(visit, operator, case, in_saran)
    with schema_context("public"):
        assert Ticket.objects.get().expires_at <= timezone.now() + timedelta(seconds=60)
        Ticket.objects.update(expires_at=timezone.now())
    assert visit(in_saran, stays=True).get(path).status_code == 410
    assert not Delegate.objects.exists()


def test_a_ticket_is_good_in_its_own_city_alone(
    visit: Visit, operator: User, case: Case, in_saran: Municipality, brest: Municipality
) -> None:
    delegated(brest)
    path = ticket(visit, operator, case, in_saran)
    assert visit(brest, stays=True).get(path).status_code == 410
    with schema_context(brest.schema_name):
        assert not User.objects.filter(role=Role.DELEGATE).exists()
    assert visit(in_saran, stays=True).get(path).status_code == 302  # nothing was spent there


def test_a_ticket_is_only_looked_at_when_it_is_opened(
    visit: Visit, operator: User, case: Case, in_saran: Municipality
) -> None:
    path = ticket(visit, operator, case, in_saran)
    client = visit(in_saran, stays=True)
    assert {client.head(path).status_code, client.post(path).status_code} == {405}
    assert client.get(path).status_code == 302


def test_nobody_makes_up_a_ticket(visit: Visit, case: Case, in_saran: Municipality) -> None:
    client = visit(in_saran, UserFactory(), stays=True)
    assert client.get("/moderation/entrer/" + "a" * 43 + "/").status_code == 410
    with pytest.raises(TicketRefused):
        spend_ticket(token="", schema_name=in_saran.schema_name, at=timezone.now())
    assert client.get(f"/gestion/moderation/{case.pk}/").status_code == 404


def test_what_no_longer_waits_gives_no_ticket(visit: Visit, operator: User, case: Case, in_saran: Municipality) -> None:
    with schema_context("public"):
        row = WaitingCase.objects.get()
        WaitingCase.objects.all().delete()
    answer = visit(None, operator, stays=True).post(f"{QUEUE}{row.pk}/entrer/", follow=True)
    assert "n’attend plus notre décision" in answer.content.decode()
    with schema_context("public"):
        assert not Ticket.objects.exists()
        with pytest.raises(NothingWaits):
            issue_ticket(waiting_case=row.pk, operator=operator, at=timezone.now())


@pytest.mark.parametrize("who", ["visitor", "barely"])
def test_a_ticket_asks_for_an_operator_with_the_second_factor(
    visit: Visit, operator: User, case: Case, who: str
) -> None:
    with schema_context("public"):
        row = WaitingCase.objects.get()
    client = visit(None, stays=True) if who == "visitor" else visit(None, operator, second_factor=False, stays=True)
    assert client.post(f"{QUEUE}{row.pk}/entrer/").status_code == 302
    with schema_context("public"):
        assert not Ticket.objects.exists()


def deactivated(operator: User, city: Municipality) -> None:
    with schema_context("public"):
        User.objects.filter(pk=operator.pk).update(is_active=False)


def dismissed(operator: User, city: Municipality) -> None:
    with schema_context("public"):
        User.objects.filter(pk=operator.pk).update(role=Role.PARTICIPANT)


def signed_out_everywhere(operator: User, city: Municipality) -> None:
    with schema_context("public"):
        end_sessions(user=operator)


def delegation_ended(operator: User, city: Municipality) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.FRAMERS)


ENDINGS = [deactivated, dismissed, signed_out_everywhere, delegation_ended]


@pytest.mark.parametrize("end", ENDINGS)
def test_a_ticket_ends_with_what_it_rests_on(
    visit: Visit, operator: User, case: Case, in_saran: Municipality, end: Callable[..., None]
) -> None:
    path = ticket(visit, operator, case, in_saran)
    end(operator, in_saran)
    assert visit(in_saran, stays=True).get(path).status_code == 410
    assert not AuditEntry.objects.filter(action="delegate_entered").exists()


# ── Being out ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("end", ENDINGS)
def test_whoever_is_in_is_out_at_the_next_press(
    visit: Visit, operator: User, case: Case, in_saran: Municipality, end: Callable[..., None]
) -> None:
    client = entered(visit, operator, case, in_saran)
    end(operator, in_saran)
    given = {"decision": Act.HIDE, "ground": "PERSONAL", "facts": "", "seen": 0}
    assert client.post(f"/gestion/moderation/{case.pk}/", given).status_code == 302
    assert is_out(client, case)
    assert not Decision.objects.exists()


def test_a_visit_lasts_an_hour(
    visit: Visit, operator: User, case: Case, in_saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.SESSION_LIMITS["DELEGATE"]["at_most"] == 3600
    client = entered(visit, operator, case, in_saran)
    assert not is_out(client, case)
    session = client.session
    session["came_in_at"] -= 3601
    session.save()
    assert is_out(client, case)


@pytest.mark.parametrize("state", [LifecycleState.READ_ONLY, LifecycleState.CLOSED])
def test_it_goes_on_where_the_city_only_reads(
    visit: Visit, operator: User, case: Case, in_saran: Municipality, state: str
) -> None:
    _move(in_saran, state)
    client = entered(visit, operator, case, in_saran)
    given = {"decision": Act.HIDE, "ground": "PERSONAL", "facts": "", "seen": 0}
    assert client.post(f"/gestion/moderation/{case.pk}/", given).status_code == 302
    assert Decision.objects.get().by_operator


def test_nobody_enters_a_suspended_city(visit: Visit, operator: User, case: Case, in_saran: Municipality) -> None:
    path = ticket(visit, operator, case, in_saran)
    client = entered(visit, operator, case, in_saran)
    _move(in_saran, LifecycleState.SUSPENDED)
    assert visit(in_saran, stays=True).get(path).status_code == 503
    assert client.get(f"/gestion/moderation/{case.pk}/").status_code == 503
    with schema_context("public"):
        row = WaitingCase.objects.get()
    assert visit(None, operator, stays=True).post(f"{QUEUE}{row.pk}/entrer/").headers["Location"] == QUEUE


def _move(city: Municipality, state: str) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=city.pk).update(state=state)
        grant_rights(city.schema_name, state=state)


# ── Moderating, and nothing else ──────────────────────────────────────────────

# With one appeal to answer; and where the city has the service moderate.
FOR_AN_APPEAL = {"desk_moderation", "desk_moderation_undo", "desk_case", "desk_case_who", "desk_case_leave"}
THEIRS = FOR_AN_APPEAL | {
    "desk_moderation_chosen",
    "desk_moderation_decided",
    "desk_moderation_together",
    "desk_moderate",
    "desk_accounts",
    "desk_account",
    "desk_evidence",
    "desk_note",
}


def test_of_the_whole_desk_moderation_alone_is_there(
    visit: Visit, operator: User, case: Case, in_saran: Municipality
) -> None:
    things = one_of_everything()
    client = entered(visit, operator, case, in_saran)
    assert offered(client, things) == THEIRS - {"desk_note"}  # where there is evidence


def test_with_one_appeal_to_answer_still_less_is_there(
    visit: Visit, operator: User, lonely: Appeal, in_saran: Municipality
) -> None:
    things = one_of_everything()
    client = entered(visit, operator, lonely.decision.case, in_saran)
    assert offered(client, things | {"case": lonely.decision.case}) == FOR_AN_APPEAL
    assert "/gestion/moderation/comptes/" not in client.get("/gestion/moderation/").content.decode()


def offered(client: Client, things: dict[str, Any]) -> set[str]:
    """The addresses of the desk that answer, whatever is asked of them."""
    found = set()
    for address in addresses(settings.ROOT_URLCONF):
        if address.route.startswith("gestion/") and not address.name.startswith("verification_"):
            path = path_of(address, things)
            with unread():
                answers = client.get(path), client.post(path)
            if {each.status_code for each in answers} - {404, 405}:
                found.add(address.name)
    return found


def test_nothing_else_is_posted_anywhere(visit: Visit, operator: User, case: Case, in_saran: Municipality) -> None:
    """No proposal, no report, no name, no address of theirs to come back by, no factor."""
    things = one_of_everything()
    client, wrong = entered(visit, operator, case, in_saran), []
    for address in addresses(settings.ROOT_URLCONF):
        if address.name in THEIRS | {"sign_out"}:
            continue
        path = path_of(address, things)
        with unread():
            status = client.post(path).status_code
        # 401: the API, which takes keys and no session.
        if status not in (403, 404, 405, 410) and not (status == 401 and path.startswith("/api/")):
            wrong.append(f"{path}: {status}")
    assert not wrong, "\n".join(wrong)
    assert client.post("/deconnexion/").status_code == 302
    assert is_out(client, case)


def test_the_menu_of_the_desk_offers_no_page_that_is_not_theirs(
    visit: Visit, operator: User, case: Case, in_saran: Municipality
) -> None:
    page = entered(visit, operator, case, in_saran).get(f"/gestion/moderation/{case.pk}/").content.decode()
    menu = page.partition('<nav aria-label="Bureau')[2].partition("</nav>")[0]
    assert 'href="/gestion/"' not in menu
    assert "/gestion/consultations/territoires-resilients/cadre/" not in menu
    assert "Équipe de Territoires résilients, par délégation" in page
    assert "delegation.invalid" not in page


def test_a_delegate_is_not_of_the_team_and_its_administrator_does_nothing_with_it(
    visit: Visit, operator: User, case: Case, in_saran: Municipality, person: Callable[..., Any]
) -> None:
    entered(visit, operator, case, in_saran)
    delegate = Delegate.objects.get().user
    administrator = visit(in_saran, person(administrator=True), stays=True)
    assert delegate not in team()
    assert delegate.email not in administrator.get("/gestion/equipe/").content.decode()
    for path, given in (
        (f"/gestion/equipe/{delegate.pk}/role/", {"role": "ADMINISTRATOR"}),
        (f"/gestion/equipe/{delegate.pk}/retirer/", {}),
        ("/gestion/equipe/", {"email": delegate.email, "role": "ADMINISTRATOR"}),
        ("/gestion/equipe/", {"email": "x@example.org", "role": "DELEGATE"}),
    ):
        administrator.post(path, given)
    delegate.refresh_from_db()
    assert (delegate.role, delegate.is_active) == (Role.DELEGATE, True)
    assert list(User.objects.filter(role=Role.DELEGATE)) == [delegate]


def test_a_delegate_comes_in_by_no_other_door_and_gets_no_mail(
    visit: Visit, operator: User, case: Case, in_saran: Municipality, rf: Any
) -> None:
    entered(visit, operator, case, in_saran)
    delegate = Delegate.objects.get().user
    OutboxMessage.objects.all().delete()
    request = rf.post("/connexion/")
    send_code(email=delegate.email, request=request, city=in_saran, carried={}, may_join=True)
    assert not OutboxMessage.objects.exists()
    assert not SignInLink.objects.filter(user=delegate, used_at__isnull=True, code_hash="").exists()
    assert is_out(visit(in_saran, delegate, stays=True), case)  # whatever else would have signed them in


def test_a_delegate_does_not_moderate_where_the_city_does(in_saran: Municipality) -> None:
    for mode in (ModeratedBy.MODERATORS, ModeratedBy.FRAMERS):
        Consultation.objects.update(moderated_by=mode)
        with pytest.raises(NotAModerator):
            decided(reported(ArgumentFactory()), moderator=UserFactory(role=Role.DELEGATE))


# ── A city with one moderator ─────────────────────────────────────────────────


@pytest.fixture
def lonely(in_saran: Municipality) -> Appeal:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    argument = ArgumentFactory()
    decision = decided(reported(argument), moderator=moderator())
    words = "Je ne suis pas d’accord avec cette décision."
    made = appeal(decision=decision, author=argument.author, words=words, at=timezone.now())
    list_for_the_service()
    return made


def test_with_one_moderator_the_service_answers_the_appeal_against_them_and_sees_nothing_more(
    visit: Visit, operator: User, lonely: Appeal, in_saran: Municipality
) -> None:
    other = reported(ArgumentFactory())
    contested = lonely.decision.case
    client = entered(visit, operator, contested, in_saran)
    assert client.get(f"/gestion/moderation/{other.pk}/").status_code == 404
    queue = client.get("/gestion/moderation/").content.decode()
    assert f"/gestion/moderation/{contested.pk}/" in queue
    assert f"/gestion/moderation/{other.pk}/" not in queue
    given = {"decision": Act.HIDE, "ground": "PERSONAL", "facts": "", "seen": 0}
    assert client.post(f"/gestion/moderation/{other.pk}/", given).status_code == 403
    given = {"decision": Act.RESTORE, "ground": "CRITICISM", "facts": "", "seen": lonely.decision.pk}
    assert client.post(f"/gestion/moderation/{contested.pk}/", given).status_code == 302
    answer = Decision.objects.get(answers=lonely)
    assert answer.by_operator
    assert not Decision.objects.filter(case=other).exists()
    delegate = Delegate.objects.get().user  # for ten seconds it can be taken back; then nothing is theirs any more
    assert is_asked_for(user=delegate, at=answer.decided_at + timedelta(seconds=9))
    assert not is_asked_for(user=delegate, at=answer.decided_at + timedelta(seconds=10))


def test_once_the_appeal_is_answered_the_visit_is_over(
    visit: Visit, operator: User, lonely: Appeal, in_saran: Municipality
) -> None:
    client = entered(visit, operator, lonely.decision.case, in_saran)
    decided(lonely.decision.case, Act.RESTORE, moderator=moderator())
    assert is_out(client, lonely.decision.case)


def test_a_ticket_for_another_case_of_that_city_lets_nobody_in(
    visit: Visit, operator: User, lonely: Appeal, in_saran: Municipality
) -> None:
    other = reported(ArgumentFactory())
    path = ticket(visit, operator, lonely.decision.case, in_saran)
    with schema_context("public"):
        Ticket.objects.update(case=other.pk)
    assert visit(in_saran, stays=True).get(path).status_code == 410
