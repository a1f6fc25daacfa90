"""A form that was posted before a proof: said in words and sent with one press, by who proved it, and no other form."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.accounts.test_fresh_proof import code_sent, link_sent
from tests.accounts.test_second_factor import code_at, with_app
from tests.conftest import StayingClient, kept_page, shows

TEAM = "/gestion/equipe/"
ASKED = "/connexion/confirmer/"
INVITING = {"email": "mod@saran.example", "role": Role.MODERATOR}
THIEVING = {"email": "voleur@evil.example", "role": Role.ADMINISTRATOR}


@pytest.fixture
def boss(in_saran: Municipality) -> User:
    return with_app(UserFactory(role=Role.ADMINISTRATOR, email="chef@saran.example"))


@pytest.fixture
def desk(in_saran: Municipality, boss: User, visit: Callable[..., Client]) -> Client:
    """The administrator's, who showed their second factor long ago."""
    desk = visit(in_saran, boss, stays=True, second_factor=False)
    shows(desk, boss, "mfa", 1.0)
    return desk


def prove(client: Client, kept: str, user: User, at: float = 0) -> Any:
    return client.post(ASKED, {"code": code_at(at or time.time()), "next": kept})


def copy_of(client: Client, city: Municipality) -> Client:
    """Somebody who holds a copy of the cookie."""
    thief = StayingClient(city.host)
    thief.cookies.load({name: morsel.value for name, morsel in client.cookies.items()})
    return thief


def test_it_says_what_will_be_done_with_all_that_was_typed(desk: Client, boss: User) -> None:
    member = UserFactory(role=Role.OBSERVER, email="agent@saran.example")
    for path, typed, said in (
        (TEAM, INVITING, ("Inviter quelqu’un dans l’équipe", "mod@saran.example", "Modération")),
        (f"{TEAM}{member.pk}/role/", {"role": Role.ADMINISTRATOR}, ("Changer le rôle", member.email, "Administration")),
        (f"{TEAM}{member.pk}/retirer/", {}, ("Retirer quelqu’un de l’équipe", member.email)),
        (
            "/gestion/adresse/renommer/",
            {"slug": "ailleurs", "understood": "on"},
            ("Changer l’adresse", "ailleurs", "Oui"),
        ),
    ):
        page = desk.get(kept_page(desk.post(path, typed))).content.decode()
        assert [words for words in said if words not in page] == [], path


def test_it_is_sent_where_it_was_going_with_one_press(desk: Client, boss: User) -> None:
    kept = kept_page(desk.post(TEAM, {**INVITING, "reason": "Bienvenue <b>"}))
    assert prove(desk, kept, boss).headers["Location"] == kept
    assert '<input type="hidden" name="reason" value="Bienvenue &lt;b&gt;">' in desk.get(kept).content.decode()
    answer = desk.post(kept, INVITING)
    # 307: the browser posts the same again, there.
    assert (answer.status_code, answer.headers["Location"]) == (307, TEAM)
    answer = desk.post(kept, INVITING, follow=True)
    assert "C’est déjà envoyé" in answer.content.decode()


def test_it_is_shown_to_nobody_else_and_for_an_hour(desk: Client, boss: User) -> None:
    for change in ({"user": UserFactory().pk}, {"at": time.time() - 3601}):
        kept = kept_page(desk.post(TEAM, INVITING))
        assert desk.get(kept).status_code == 200
        session = desk.session
        nonce = kept.split("/")[3]
        session["kept_forms"] = {nonce: {**session["kept_forms"][nonce], **change}}
        session.save()
        assert desk.get(kept).status_code == 302
        desk.get("/gestion/")  # the message is read


def test_a_form_that_a_copy_of_the_cookie_sent_is_not_what_the_owner_sends(
    desk: Client, boss: User, in_saran: Municipality
) -> None:
    thief = copy_of(desk, in_saran)
    before, own = kept_page(thief.post(TEAM, THIEVING)), kept_page(desk.post(TEAM, INVITING))
    after = kept_page(thief.post(TEAM, THIEVING))
    assert prove(desk, own, boss).headers["Location"] == own
    page = desk.get(own).content.decode()
    assert "mod@saran.example" in page
    assert "voleur" not in page
    for planted in (before, after):
        # To be read, and not to be sent; and the thief's session is over.
        assert not desk.get(planted).context["kept"].may_be_sent
        assert desk.post(planted, THIEVING).status_code == 200
        assert thief.get(planted).headers["Location"].startswith("/connexion/?next=")


def test_of_two_tabs_each_proof_leads_to_its_own_form(desk: Client, boss: User) -> None:
    first, second = (
        kept_page(desk.post(TEAM, typed)) for typed in (INVITING, {**INVITING, "email": "b@saran.example"})
    )
    assert prove(desk, first, boss).headers["Location"] == first
    assert 'value="mod@saran.example"' in desk.get(first).content.decode()
    # The words of the other tab are still there to be read.
    assert "b@saran.example" in desk.get(second).content.decode()
    assert desk.post(second).status_code == 200
    assert desk.post(first, INVITING).status_code == 307


def test_a_form_that_leads_back_to_another_brings_it_along(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    """Sent without a second factor; and setting one up took so long that it asks for a proof of its own."""
    boss = UserFactory(role=Role.ADMINISTRATOR, email="residente@example.org")
    desk = visit(in_saran, boss, stays=True, second_factor=False)
    shows(desk, boss, "code", 1.0)
    first = kept_page(desk.post(TEAM, INVITING))
    last = kept_page(desk.post(f"/compte/securite/application/?next={first}", {"code": "123456"}))
    desk.post(f"{ASKED}?next={last}", {"send": "1"})
    assert desk.post(ASKED, {"code": code_sent(), "next": last}).headers["Location"] == last
    for kept in (first, last):
        assert desk.get(kept).context["kept"].may_be_sent


def test_without_a_proof_it_leads_to_the_question_again(desk: Client, boss: User) -> None:
    answer = desk.post(kept_page(desk.post(TEAM, INVITING)), INVITING, follow=True)
    assert answer.redirect_chain[-1][0].startswith(ASKED)
    assert not User.objects.filter(email="mod@saran.example").exists()


def test_given_up_it_is_gone_and_the_others_stay(desk: Client, boss: User) -> None:
    first, second = (kept_page(desk.post(TEAM, INVITING)) for _tab in "ab")
    assert desk.post(first, {"give_up_kept_form": "1"}).status_code == 302
    assert desk.get(first).status_code == 302
    assert desk.get(second).status_code == 200


def test_a_few_are_kept_and_the_oldest_go(desk: Client, boss: User) -> None:
    kept = [kept_page(desk.post(TEAM, INVITING)) for _tab in range(6)]
    assert [desk.get(page).status_code for page in kept] == [302, 200, 200, 200, 200, 200]
    long = kept_page(desk.post(TEAM, {**INVITING, "reason": "é" * 99_940}))
    assert [desk.get(page).status_code for page in (*kept, long)] == [302] * 6 + [200]
    too_long = kept_page(desk.post(TEAM, {**INVITING, "reason": "é" * 100_001}))
    page = desk.get(too_long)
    assert (page.context["kept"].is_whole, page.context["kept"].may_be_sent) == (False, False)


def test_a_link_of_the_mail_leads_to_the_form_that_it_was_asked_for(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    resident = UserFactory(email="residente@example.org")
    client = visit(in_saran, resident, stays=True)
    shows(client, resident, "code", 1.0)
    own = kept_page(client.post("/compte/adresse/", {"email": "nouvelle@example.org"}))
    for _time in range(5):
        client.post(ASKED, {"code": "000000"})
    client.post(f"{ASKED}?next={own}", {"send": "1"})  # from now on, with a link only
    link = link_sent()
    planted = kept_page(client.post("/compte/adresse/", {"email": "voleur@evil.example"}))
    client.get(f"/compte/securite/?next={planted}")
    thief = copy_of(client, in_saran)
    opened = client.get(link, follow=True)
    answer = client.post(opened.redirect_chain[-1][0], follow=True)
    assert answer.redirect_chain[-1][0] == own
    assert 'value="nouvelle@example.org"' in answer.content.decode()
    assert answer.context["kept"].may_be_sent
    assert not client.get(planted).context["kept"].may_be_sent
    assert thief.get("/compte/").status_code == 302  # the session has a new key
