"""Administrators make up their team; the last of them cannot leave."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.erasure import ask_erasure
from accounts.models import AuditEntry, User
from accounts.services import (
    AccountLeaving,
    AlreadyInTeam,
    LastAdministrator,
    NotInTeam,
    change_team_role,
    remove_from_team,
)
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.support.pages import says

PAGE = "/gestion/equipe/"


@pytest.fixture
def boss(in_saran: Municipality) -> User:
    """The only administrator."""
    User.objects.filter(role=Role.ADMINISTRATOR).update(role=Role.OBSERVER)
    return UserFactory(role=Role.ADMINISTRATOR, email="chef@saran.example", public_name="Camille")


@pytest.fixture
def desk(in_saran: Municipality, boss: User, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, boss, stays=True)


def test_an_invitation_gives_the_role_and_says_by_mail_how_to_come_in(desk: Client, boss: User) -> None:
    answer = desk.post(PAGE, {"email": " Mod@Saran.Example ", "role": Role.MODERATOR}, follow=True)
    assert "mod@saran.example" in answer.content.decode()
    invited = User.objects.get(email="mod@saran.example")
    assert invited.role == Role.MODERATOR
    mail = OutboxMessage.objects.get(payload__to="mod@saran.example").payload
    assert "chef@saran.example vous invite dans l’équipe" in mail["body"]
    assert "à l’adresse saran.territoires.localhost" in mail["body"]
    assert "Camille" not in mail["body"]
    assert "http://saran.territoires.localhost/gestion/" in mail["body"]
    assert "Modération" in mail["body"]
    entry = AuditEntry.objects.get(action="team_invited")
    assert (entry.actor_id, entry.subject_id, entry.details) == (boss.pk, str(invited.pk), {"role": "MODERATOR"})


def test_a_participant_who_is_invited_keeps_their_account(desk: Client) -> None:
    resident = UserFactory(email="habitante@example.org", public_name="Sauge")
    desk.post(PAGE, {"email": "HABITANTE@example.org", "role": Role.FACILITATOR})
    resident.refresh_from_db()
    assert (resident.role, resident.public_name) == (Role.FACILITATOR, "Sauge")
    assert User.objects.filter(email__iexact="habitante@example.org").count() == 1


def test_invited_twice_is_one_mail_and_a_sentence(desk: Client) -> None:
    given = {"email": "mod@saran.example", "role": Role.MODERATOR}
    desk.post(PAGE, given)
    answer = desk.post(PAGE, given)
    assert answer.status_code == 422
    assert str(AlreadyInTeam.message) in answer.content.decode()
    assert OutboxMessage.objects.filter(payload__to="mod@saran.example").count() == 1


def test_who_is_leaving_is_not_brought_back_by_an_invitation(desk: Client) -> None:
    for role in (Role.PARTICIPANT, Role.MODERATOR):
        user = UserFactory(role=role)
        ask_erasure(user=user, with_texts=True, at=timezone.now())
        answer = desk.post(PAGE, {"email": user.email, "role": Role.MODERATOR})
        assert answer.status_code == 422
        assert str(AccountLeaving.message) in answer.content.decode()
        user.refresh_from_db()
        assert (user.is_active, user.role) == (False, role)


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
    assert not User.objects.filter(email="encore@saran.example").exists()


def test_every_change_of_a_role_is_mailed_to_its_person_and_to_the_administrators(
    desk: Client, boss: User, in_saran: Municipality
) -> None:
    colleague = UserFactory(role=Role.ADMINISTRATOR, last_login=timezone.now(), email="adjointe@saran.example")
    UserFactory(role=Role.ADMINISTRATOR, email="jamais.venue@saran.example")
    UserFactory(role=Role.MODERATOR, last_login=timezone.now(), email="moderation@saran.example")
    member = UserFactory(role=Role.OBSERVER, email="agent@saran.example")
    for path, given, own, others in (
        (
            f"{member.pk}/role/",
            {"role": Role.FACILITATOR},
            "C’est maintenant : Animation",
            "C’est maintenant : Animation",
        ),
        (f"{member.pk}/retirer/", {}, "Vous ne faites plus partie de l’équipe", "ne fait plus partie de votre équipe"),
        ("", {"email": member.email, "role": Role.OBSERVER}, "vous invite dans l’équipe", "reçoit une invitation"),
    ):
        OutboxMessage.objects.all().delete()
        desk.post(PAGE + path, given)
        mails = {mail["to"]: mail["body"] for mail in OutboxMessage.objects.values_list("payload", flat=True)}
        assert set(mails) == {member.email, boss.email, colleague.email}
        assert own in mails[member.email]
        for each in (boss, colleague):
            assert others in mails[each.email]
            assert member.email in mails[each.email]
            assert "depuis le compte de chef@saran.example" in mails[each.email]
            assert "http://saran.territoires.localhost/gestion/equipe/" in mails[each.email]
    OutboxMessage.objects.all().delete()
    desk.post(f"{PAGE}{member.pk}/role/", {"role": Role.OBSERVER})  # as it was: nothing to tell
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("email", ["", "pas une adresse", "a@", "a" * 250 + "@example.org", "<b>@example.org"])
def test_a_bad_address_is_refused_in_words(desk: Client, email: str) -> None:
    before = User.objects.count()
    answer = desk.post(PAGE, {"email": email, "role": Role.MODERATOR})
    assert answer.status_code == 422
    assert 'class="field-errors"' in answer.content.decode() or "errorlist" in answer.content.decode()
    assert User.objects.count() == before
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PARTICIPANT, "", "ROI"])
def test_only_roles_of_a_team_are_given(desk: Client, boss: User, role: str) -> None:
    assert desk.post(PAGE, {"email": "mod@saran.example", "role": role}).status_code == 422
    member = UserFactory(role=Role.MODERATOR)
    assert desk.post(f"{PAGE}{member.pk}/role/", {"role": role}).status_code == 404
    member.refresh_from_db()
    assert member.role == Role.MODERATOR


def test_a_role_changes_once(desk: Client) -> None:
    member = UserFactory(role=Role.MODERATOR)
    for _time in range(2):
        assert desk.post(f"{PAGE}{member.pk}/role/", {"role": Role.OBSERVER}).status_code == 302
    member.refresh_from_db()
    assert member.role == Role.OBSERVER
    entry = AuditEntry.objects.get(action="team_role_changed")
    assert entry.details == {"before": "MODERATOR", "role": "OBSERVER"}


def test_who_is_removed_becomes_a_participant_and_loses_the_desk_at_once(
    in_saran: Municipality, desk: Client, visit: Callable[..., Client]
) -> None:
    member = UserFactory(role=Role.FACILITATOR)
    theirs = visit(in_saran, member, stays=True)
    assert theirs.get("/gestion/").status_code == 200
    desk.post(f"{PAGE}{member.pk}/retirer/")
    member.refresh_from_db()
    assert member.role == Role.PARTICIPANT
    assert theirs.get("/gestion/").status_code == 404
    assert says(desk.post(f"{PAGE}{member.pk}/retirer/", follow=True), NotInTeam)
    assert AuditEntry.objects.filter(action="team_removed").count() == 1


def test_the_last_administrator_stays(desk: Client, boss: User) -> None:
    # None of them can answer for the platform: one is leaving, one never came in, one has no second factor.
    able_administrator(is_active=False)
    UserFactory(role=Role.ADMINISTRATOR)
    UserFactory(role=Role.ADMINISTRATOR, last_login=timezone.now())
    for path, given in ((f"{PAGE}{boss.pk}/retirer/", {}), (f"{PAGE}{boss.pk}/role/", {"role": Role.OBSERVER})):
        answer = desk.post(path, given, follow=True)
        assert says(answer, LastAdministrator)
    boss.refresh_from_db()
    assert boss.role == Role.ADMINISTRATOR


def test_with_another_administrator_one_may_leave(desk: Client, boss: User) -> None:
    able_administrator()
    answer = desk.post(f"{PAGE}{boss.pk}/retirer/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    boss.refresh_from_db()
    assert boss.role == Role.PARTICIPANT


def test_a_participant_is_no_member(boss: User) -> None:
    resident = UserFactory()
    with pytest.raises(NotInTeam):
        change_team_role(member_id=resident.pk, role=Role.OBSERVER, actor=boss, city=None)
    resident.refresh_from_db()
    assert resident.role == Role.PARTICIPANT


def test_a_number_of_another_city_touches_nobody(
    in_saran: Municipality, brest: Municipality, boss: User, visit: Callable[..., Client]
) -> None:
    with schema_context(brest.schema_name):
        elsewhere = visit(brest, UserFactory(role=Role.ADMINISTRATOR), stays=True)
    for path, given in ((f"{PAGE}{boss.pk}/retirer/", {}), (f"{PAGE}{boss.pk}/role/", {"role": Role.OBSERVER})):
        elsewhere.post(path, given)
    boss.refresh_from_db()
    assert boss.role == Role.ADMINISTRATOR


def test_two_administrators_who_send_each_other_away_at_once_leave_one(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        User.objects.filter(role=Role.ADMINISTRATOR).update(role=Role.OBSERVER)
        one, other = able_administrator(), able_administrator()

    def send_away(pair: tuple[User, User]) -> str:
        actor, member = pair
        try:
            with schema_context(saran.schema_name):
                remove_from_team(member_id=member.pk, actor=actor, city=saran)
            return "gone"
        except LastAdministrator:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        outcomes = sorted(both.map(send_away, [(one, other), (other, one)]))
    assert outcomes == ["gone", "refused"]
    with schema_context(saran.schema_name):
        assert User.objects.filter(role=Role.ADMINISTRATOR).count() == 1
