"""A place in the team is offered by mail: taken by whoever reads the mailbox, withdrawn at once, over after two weeks."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.erasure import ask_erasure
from accounts.invitations import (
    INVITATION_HOLDS,
    AccountLeaving,
    AlreadyInTeam,
    AlreadyInvited,
    InvitationGone,
    accept,
    invite_to_team,
    withdraw,
)
from accounts.models import AuditEntry, TeamInvitation, User
from common import retention
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.links import open_link, press_link
from tests.support.pages import says

PAGE = "/gestion/equipe/"
MODERATOR = {"email": "mod@saran.example", "role": Role.MODERATOR}


@pytest.fixture
def boss(in_saran: Municipality) -> User:
    return able_administrator(email="chef@saran.example", public_name="Camille")


@pytest.fixture
def desk(in_saran: Municipality, boss: User, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, boss, stays=True)


@pytest.fixture
def visitor(in_saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, stays=True)


def links_to(email: str) -> list[str]:
    """Of the mails that wait for them, in their order."""
    mails = OutboxMessage.objects.filter(payload__to=email).order_by("created_at", "pk")
    found = (re.search(r"http://[^/]+(/equipe/invitation/\S+)", mail.payload["body"]) for mail in mails)
    return [match[1] for match in found if match]


def test_an_invitation_says_by_mail_the_role_until_when_and_how_to_come_in(desk: Client, boss: User) -> None:
    answer = desk.post(PAGE, {"email": " Mod@Saran.Example ", "role": Role.MODERATOR}, follow=True)
    page = answer.content.decode()
    assert "mod@saran.example" in page
    assert "Valable jusqu’au" in page
    assert not User.objects.filter(email="mod@saran.example").exists()  # nobody has a role before they accept
    mail = OutboxMessage.objects.get(payload__to="mod@saran.example").payload
    assert "chef@saran.example vous invite dans l’équipe" in mail["body"]
    assert "Camille" not in mail["body"]
    assert "Modération" in mail["body"]
    assert "jusqu’au" in mail["body"]
    invitation = TeamInvitation.objects.get()
    assert invitation.expires_at - invitation.sent_at == INVITATION_HOLDS
    entry = AuditEntry.objects.get(action="team_invited")
    assert (entry.actor_id, entry.subject_id, entry.details) == (boss.pk, str(invitation.pk), {"role": "MODERATOR"})
    assert "mod@saran.example" not in str(entry.details)


def test_whoever_accepts_is_in_and_signed_in_at_once(desk: Client, visitor: Client, boss: User) -> None:
    desk.post(PAGE, MODERATOR)
    link = links_to("mod@saran.example")[0]
    page = open_link(visitor, link).content.decode()
    assert "Décider de ce qui est signalé" in page
    assert "Composer l’équipe" not in page
    assert not User.objects.filter(email="mod@saran.example").exists()  # looking accepts nothing
    OutboxMessage.objects.all().delete()
    answer = press_link(visitor, link, follow=True)
    assert answer.redirect_chain[-1][0] == "/gestion/"
    member = User.objects.get(email="mod@saran.example")
    assert member.role == Role.MODERATOR
    assert member.role_since is not None
    assert AuditEntry.objects.get(action="team_joined").actor_id == member.pk
    mail = OutboxMessage.objects.get(payload__to="chef@saran.example").payload["body"]
    assert "mod@saran.example a accepté" in mail


def test_pressing_twice_goes_on_and_the_link_of_the_mail_lets_nobody_in_again(
    desk: Client, visitor: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    desk.post(PAGE, MODERATOR)
    link = links_to("mod@saran.example")[0]
    press_link(visitor, link)
    assert press_link(visitor, link, follow=True).redirect_chain[-1][0] == "/gestion/"
    stranger = visit(in_saran, stays=True)
    answer = open_link(stranger, link)
    assert (answer.status_code, "Aucune invitation ici" in answer.content.decode()) == (410, True)
    assert press_link(stranger, link, follow=True).redirect_chain[-1][0] == "/connexion/"
    assert stranger.get(PAGE).status_code == 302
    assert AuditEntry.objects.filter(action="team_joined").count() == 1


def test_a_participant_who_accepts_keeps_their_account(desk: Client, visitor: Client) -> None:
    resident = UserFactory(email="habitante@example.org", public_name="Sauge", last_login=timezone.now())
    desk.post(PAGE, {"email": "HABITANTE@example.org", "role": Role.FACILITATOR})
    resident.refresh_from_db()
    assert resident.role == Role.PARTICIPANT
    press_link(visitor, links_to("habitante@example.org")[0])
    resident.refresh_from_db()
    assert (resident.role, resident.public_name) == (Role.FACILITATOR, "Sauge")
    assert User.objects.filter(email__iexact="habitante@example.org").count() == 1


def test_who_is_signed_in_as_somebody_else_comes_in_as_whoever_was_invited(
    desk: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    desk.post(PAGE, MODERATOR)
    other = UserFactory()
    browser = visit(in_saran, other, stays=True)
    link = links_to("mod@saran.example")[0]
    assert press_link(browser, link).status_code == 409  # the page was made before they signed in
    page = open_link(browser, link).content.decode()
    assert f"Vous êtes ici avec un autre compte\u00a0: <strong>{other.email}</strong>" in page
    assert "Rester dans ce compte" in page
    assert not User.objects.filter(email="mod@saran.example").exists()
    press_link(browser, link, data={"leaves": other.pk})
    assert "mod@saran.example" in browser.get("/gestion/").content.decode()
    other.refresh_from_db()
    assert other.role == Role.PARTICIPANT


def test_invited_twice_is_one_mail_and_a_sentence(desk: Client) -> None:
    desk.post(PAGE, MODERATOR)
    for again in (MODERATOR["email"], "Mod@SARAN.example"):
        answer = desk.post(PAGE, {"email": again, "role": Role.OBSERVER})
        assert answer.status_code == 422
        assert says(answer, AlreadyInvited)
    assert len(links_to("mod@saran.example")) == 1
    member = UserFactory(role=Role.OBSERVER)
    assert says(desk.post(PAGE, {"email": member.email, "role": Role.MODERATOR}), AlreadyInTeam)


def test_what_is_withdrawn_is_dead_at_once_and_says_nothing(desk: Client, visitor: Client) -> None:
    desk.post(PAGE, MODERATOR)
    link = links_to("mod@saran.example")[0]
    assert open_link(visitor, link).status_code == 200
    pk = TeamInvitation.objects.get().pk
    desk.post(f"{PAGE}invitations/{pk}/retirer/")
    for answer in (
        open_link(visitor, link),
        press_link(visitor, link),
        open_link(visitor, "/equipe/invitation/jamais/"),
    ):
        assert answer.status_code == 410
        assert "Aucune invitation ici" in answer.content.decode()
        assert "Modération" not in answer.content.decode()
    assert not User.objects.filter(email="mod@saran.example").exists()
    assert says(desk.post(f"{PAGE}invitations/{pk}/retirer/", follow=True), InvitationGone)
    assert says(desk.post(f"{PAGE}invitations/{pk}/renvoyer/", follow=True), InvitationGone)
    assert AuditEntry.objects.filter(action="team_invitation_withdrawn").count() == 1
    desk.post(PAGE, {**MODERATOR, "role": Role.OBSERVER})  # and may be invited anew
    assert TeamInvitation.objects.get().role == Role.OBSERVER


def test_sent_again_the_link_before_is_dead_and_the_new_one_holds_as_long(desk: Client, visitor: Client) -> None:
    desk.post(PAGE, MODERATOR)
    TeamInvitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    first = links_to("mod@saran.example")[0]
    assert press_link(visitor, first).status_code == 410  # over
    pk = TeamInvitation.objects.get().pk
    desk.post(f"{PAGE}invitations/{pk}/renvoyer/")
    first, second = links_to("mod@saran.example")
    assert press_link(visitor, first).status_code == 410
    assert TeamInvitation.objects.get().expires_at > timezone.now() + timedelta(days=13)
    assert press_link(visitor, second).status_code == 302


def test_a_mailbox_is_not_flooded_by_sending_again(desk: Client) -> None:
    desk.post(PAGE, MODERATOR)
    pk = TeamInvitation.objects.get().pk
    for _again in range(2):
        desk.post(f"{PAGE}invitations/{pk}/renvoyer/")
    assert "Réessayez dans" in desk.post(f"{PAGE}invitations/{pk}/renvoyer/", follow=True).content.decode()
    assert len(links_to("mod@saran.example")) == 3


def test_a_city_invites_twenty_people_an_hour(
    desk: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    colleague = visit(in_saran, UserFactory(role=Role.ADMINISTRATOR), stays=True)
    for number in range(20):
        who = desk if number % 2 else colleague
        assert who.post(PAGE, {"email": f"a{number}@saran.example", "role": Role.OBSERVER}).status_code == 302
    answer = colleague.post(PAGE, {"email": "encore@saran.example", "role": Role.OBSERVER})
    assert answer.status_code == 422
    assert "Réessayez dans" in answer.content.decode()
    assert 'value="encore@saran.example"' in answer.content.decode()
    assert not TeamInvitation.objects.filter(email="encore@saran.example").exists()


def test_who_is_leaving_is_not_brought_back_by_an_invitation(desk: Client, visitor: Client) -> None:
    for role in (Role.PARTICIPANT, Role.MODERATOR):
        user = UserFactory(role=role)
        ask_erasure(user=user, with_texts=True, at=timezone.now())
        answer = desk.post(PAGE, {"email": user.email, "role": Role.MODERATOR})
        assert answer.status_code == 422
        assert says(answer, AccountLeaving)
    invited = UserFactory()
    desk.post(PAGE, {"email": invited.email, "role": Role.MODERATOR})
    link = links_to(invited.email)[0]
    ask_erasure(user=invited, with_texts=True, at=timezone.now())
    assert press_link(visitor, link).status_code == 410
    invited.refresh_from_db()
    assert (invited.is_active, invited.role) == (False, Role.PARTICIPANT)


def test_who_came_into_the_team_by_another_way_keeps_that_role(desk: Client, visitor: Client) -> None:
    person = UserFactory(email="mod@saran.example")
    desk.post(PAGE, MODERATOR)
    User.objects.filter(pk=person.pk).update(role=Role.ADMINISTRATOR)
    press_link(visitor, links_to("mod@saran.example")[0])
    person.refresh_from_db()
    assert person.role == Role.ADMINISTRATOR


def test_invitations_are_forgotten(in_saran: Municipality, boss: User) -> None:
    now = timezone.now()
    for name in ("taken", "over", "waiting"):
        invite_to_team(email=f"{name}@saran.example", role=Role.OBSERVER, actor=boss, city=in_saran, at=now)
    named = TeamInvitation.objects.filter
    named(email__startswith="taken").update(accepted_at=now)
    named(email__startswith="over").update(expires_at=now - timedelta(days=16))
    retention._rules["team invitations"].forget(at=now)
    assert named(email__startswith="over").count() == 0
    assert named(email__startswith="taken").count() == 1
    retention._rules["team invitations"].forget(at=now + timedelta(days=1))
    assert [each.email for each in TeamInvitation.objects.all()] == ["waiting@saran.example"]


def test_of_taking_and_withdrawing_at_once_one_holds(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    now = timezone.now()
    with schema_context(saran.schema_name):
        boss = able_administrator()
        invitation = invite_to_team(email="mod@saran.example", role=Role.MODERATOR, actor=boss, city=saran, at=now)
        token = links_to("mod@saran.example")[0].split("/")[-2]

    def do(what: str) -> str:
        try:
            with schema_context(saran.schema_name):
                if what == "withdraw":
                    withdraw(pk=invitation.pk, actor=boss)
                else:
                    accept(token=token, city=saran, at=timezone.now())
            return what
        except InvitationGone:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as at_once:
        outcomes = sorted(at_once.map(do, ["accept", "accept", "withdraw"]))
    with schema_context(saran.schema_name):
        is_in = User.objects.filter(email="mod@saran.example", role=Role.MODERATOR).exists()
        assert AuditEntry.objects.filter(action="team_joined").count() == int(is_in)
    assert outcomes == (["accept", "refused", "refused"] if is_in else ["refused", "refused", "withdraw"])
