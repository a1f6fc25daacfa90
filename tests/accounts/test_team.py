"""Administrators make up their team; the last of them cannot leave."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from accounts.services import (
    LastAdministrator,
    NotInTeam,
    appoint,
    change_team_role,
    remove_from_team,
)
from accounts.tasks import send_mail
from common.models import OutboxMessage
from common.outbox import messages_of
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
    ):
        OutboxMessage.objects.all().delete()
        desk.post(PAGE + path, given)
        mails = {mail["to"]: mail["body"] for mail in messages_of(send_mail).values_list("payload", flat=True)}
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


LOST = "Votre rôle ne permet plus cela"


def test_what_somebody_was_writing_when_their_role_changed_is_shown_to_them(
    in_saran: Municipality, desk: Client, boss: User, visit: Callable[..., Client]
) -> None:
    User.objects.filter(pk=boss.pk).update(last_login=timezone.now())
    member = UserFactory(role=Role.FACILITATOR)
    theirs = visit(in_saran, member, stays=True)
    words = {"names": "La Gare\nLes Aulnes du Nord"}
    assert theirs.get("/gestion/quartiers/").status_code == 200
    desk.post(f"{PAGE}{member.pk}/role/", {"role": Role.OBSERVER})
    answer = theirs.post("/gestion/quartiers/", words)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert LOST in page
    assert "« Observation »" in page.replace("\xa0", " ").replace("\u202f", " ")
    assert "Les Aulnes du Nord" in page
    assert "<b>Camille</b>" in page
    assert theirs.get("/gestion/quartiers/").status_code == 404
    # The role is given back: what was kept on the page is sent by its button.
    desk.post(f"{PAGE}{member.pk}/role/", {"role": Role.FACILITATOR})
    assert theirs.post("/gestion/quartiers/", words).status_code == 302


def test_whoever_was_removed_reads_so_and_nobody_else_learns_of_a_page(
    in_saran: Municipality, desk: Client, visit: Callable[..., Client]
) -> None:
    member = UserFactory(role=Role.FACILITATOR)
    theirs = visit(in_saran, member, stays=True)
    desk.post(f"{PAGE}{member.pk}/retirer/")
    answer = theirs.post("/gestion/quartiers/", {"names": "La Gare"})
    assert answer.status_code == 403
    assert "vous ne faites plus partie de l’équipe" in answer.content.decode()
    # Not what they never might do, nor a day later, nor somebody who never might.
    assert theirs.post("/gestion/adresse/renommer/", {"slug": "x"}).status_code == 404
    User.objects.filter(pk=member.pk).update(role_since=timezone.now() - timedelta(days=1))
    assert theirs.post("/gestion/quartiers/", {"names": "La Gare"}).status_code == 404
    assert visit(in_saran, UserFactory()).post("/gestion/quartiers/", {"names": "La Gare"}).status_code == 404


def test_the_team_page_says_of_each_their_role_since_when_and_how_they_are_protected(desk: Client) -> None:
    able_administrator(public_name="Élise", role_since=timezone.now() - timedelta(days=400))
    UserFactory(role=Role.OBSERVER, email="attendue@saran.example", public_name="")
    page = desk.get(PAGE).content.decode()
    members = {name: page.split(f">{name}")[1].split("</dl>")[0] for name in ("Élise", "attendue@saran.example")}
    assert "en place" in members["Élise"]
    assert "pas encore en place" in members["attendue@saran.example"]
    assert "pas encore" in members["attendue@saran.example"]
    assert "Vous êtes seul" not in page
    assert "personne d’autre" not in page


def test_who_is_alone_reads_why_a_second_administrator_helps(desk: Client, boss: User) -> None:
    User.objects.exclude(pk=boss.pk).update(role=Role.PARTICIPANT)
    assert "Invitez une deuxième personne qui administre" in desk.get(PAGE).content.decode()
    UserFactory(role=Role.OBSERVER)
    assert "Invitez une deuxième personne qui administre" not in desk.get(PAGE).content.decode()


def test_whoever_a_city_begins_with_has_their_role_since_then(in_saran: Municipality) -> None:
    appointed = appoint(email="premiere@saran.example", role=Role.ADMINISTRATOR, actor=None)
    assert appointed.role_since is not None
    assert (
        appoint(email="premiere@saran.example", role=Role.ADMINISTRATOR, actor=None).role_since == appointed.role_since
    )
