"""Codes and mails: how often one may try, and that trying keeps nobody else out."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.codes import NoCode
from accounts.limits import SIGN_IN_GUESSES, SIGN_IN_MAILS
from accounts.models import SignInLink, User
from accounts.sessions import end_sessions
from common.limits import Rate
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.test_sign_in import ask, code_and_link
from tests.links import press_link

EMAIL = "a@example.org"


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def is_in(client: Client) -> bool:
    return client.get("/connexion/suite/").headers["Location"] != "/connexion/"


def mails(city: Municipality) -> int:
    with schema_context(city.schema_name):
        return OutboxMessage.objects.count()


def test_five_wrong_guesses_end_the_code_and_not_the_link(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    ask(visitor, EMAIL)
    code, link = code_and_link(saran)
    answers = [visitor.post("/connexion/code/", {"code": wrong(code)}) for _unused in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 5
    refused = visitor.post("/connexion/code/", {"code": code})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert 'name="code"' not in refused.content.decode()
    assert not is_in(visitor)
    telephone = visit(saran)
    press_link(telephone, link)
    assert is_in(telephone)


def test_guesses_count_together_whatever_the_browser_and_the_city(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality
) -> None:
    owner = visit(saran)
    ask(owner, EMAIL)
    code, _link = code_and_link(saran)
    judged = []
    for city in (saran, brest, saran, brest, saran, brest):
        stranger = visit(city)
        ask(stranger, "A@Example.org")
        judged.append(stranger.post("/connexion/code/", {"code": wrong(code)}).status_code)
    assert judged == [422] * 5 + [429]
    owner.post("/connexion/code/", {"code": code})
    assert not is_in(owner)


def test_of_many_guesses_at_the_same_moment_five_are_judged(real_db: str, visit: Callable[..., Client]) -> None:
    with schema_context("public"):
        saran = Municipality.objects.get(slug="saran")
    owner = visit(saran)
    ask(owner, EMAIL)
    code, _link = code_and_link(saran)
    cookies = owner.cookies
    answers = []

    def guess() -> None:
        same_browser = visit(saran)
        same_browser.cookies = cookies
        answers.append(same_browser.post("/connexion/code/", {"code": wrong(code)}).status_code)
        connection.close()

    threads = [threading.Thread(target=guess) for _unused in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [422] * 5 + [429] * 11
    owner.post("/connexion/code/", {"code": code})
    assert not is_in(owner)


def test_what_is_no_code_is_no_guess(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    ask(visitor, EMAIL)
    code, _link = code_and_link(saran)
    for odd in ("", "12345", "1234567", "a" * 500, "١٢٣٤٥٦", "\x00") * 2:
        answer = visitor.post("/connexion/code/", {"code": odd})
        assert answer.status_code == 422
        assert str(NoCode.message) in answer.content.decode()
    visitor.post("/connexion/code/", {"code": code})
    assert is_in(visitor)


def test_whoever_comes_in_by_a_link_has_codes_again(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    ask(visitor, EMAIL)
    code, link = code_and_link(saran)
    for _unused in range(5):
        visitor.post("/connexion/code/", {"code": wrong(code)})
    press_link(visit(saran), link)
    again = visit(saran)
    ask(again, EMAIL)
    code, _link = code_and_link(saran)
    again.post("/connexion/code/", {"code": code})
    assert is_in(again)


def test_another_message_says_that_it_left(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    ask(visitor, EMAIL)
    page = visitor.post("/connexion/code/", {"action": "resend"}, follow=True).content.decode()
    assert re.search(r'role="status">.*Un autre courriel est parti\.', page)


def test_where_not_everybody_has_an_account_the_page_promises_no_mail(
    visit: Callable[..., Client], db: None, person: Any
) -> None:
    known = person(city=None, operator=True).email
    pages = []
    for email in (known, "secretaire@ville.example"):
        visitor = visit(None)
        page = ask(visitor, email).content.decode()
        page += visitor.post("/connexion/code/", {"action": "resend"}, follow=True).content.decode()
        pages.append(re.sub(r'value="[^"]{64}"|nonce="[^"]+"', "", page.replace(email, "")))
    assert pages[0] == pages[1]
    assert "Nous venons d’écrire" not in pages[0]
    assert "Connectez-vous à l’adresse de votre plateforme" in pages[0]
    assert "un autre courriel est parti." in pages[0]


def test_while_codes_are_over_a_new_mail_holds_a_link_only_and_says_why(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    visitor = visit(saran)
    ask(visitor, EMAIL)
    code, _link = code_and_link(saran)
    for _unused in range(5):
        visitor.post("/connexion/code/", {"code": wrong(code)})
    visitor.post("/connexion/code/", {"action": "resend"})
    with schema_context(saran.schema_name):
        mail = OutboxMessage.objects.order_by("-created_at")[0].payload
        assert not SignInLink.objects.exclude(code_hash="").exists()
    assert not re.search(r"\b\d{6}\b", mail["body"] + mail["subject"])
    assert "Ce lien est valable 15 minutes." in mail["body"]
    assert "Ce lien est valable 15 minutes." in mail["html"]
    page = visitor.get("/connexion/code/").content.decode()
    assert "contient un lien" in page
    assert "redemandez un lien" in page
    path = re.search(r"https?://[^/\s]+(/connexion/lien/\S+)", mail["body"])
    assert path
    assert visit(saran).get(path[1], follow=True).status_code == 200


def test_a_right_code_counts_for_nothing(visit: Callable[..., Client], saran: Municipality) -> None:
    for _unused in range(7):
        visitor = visit(saran)
        ask(visitor, EMAIL)
        code, _link = code_and_link(saran)
        visitor.post("/connexion/code/", {"code": code})
        assert is_in(visitor)


def test_a_code_works_once(visit: Callable[..., Client], saran: Municipality) -> None:
    first, second = visit(saran), visit(saran)
    ask(first, EMAIL)
    code, link = code_and_link(saran)
    ask(second, EMAIL)
    first.post("/connexion/code/", {"code": code})
    assert second.post("/connexion/code/", {"code": code}).status_code == 422
    assert press_link(visit(saran), link).status_code == 410


def test_a_code_may_be_typed_with_a_space(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    ask(visitor, EMAIL)
    code, _link = code_and_link(saran)
    visitor.post("/connexion/code/", {"code": f" {code[:3]} {code[3:]}"})
    assert is_in(visitor)


def test_one_mailbox_gets_five_mails_in_a_quarter_of_an_hour_whatever_the_city_and_resends_count(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality
) -> None:
    here, there = visit(saran), visit(brest)
    for _unused in range(2):
        ask(here, EMAIL)
        ask(there, EMAIL)
        here.post("/connexion/code/", {"action": "resend"})
    assert mails(saran) + mails(brest) == 5


def test_strangers_who_ask_for_codes_keep_the_owner_out_of_nothing(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    owner = visit(saran)
    ask(owner, EMAIL)
    code, _link = code_and_link(saran)
    for _unused in range(6):
        ask(visit(saran), EMAIL)
    owner.post("/connexion/code/", {"code": code})
    assert is_in(owner)


def test_what_strangers_use_up_elsewhere_keeps_nobody_out_of_their_own_city(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, person: Any
) -> None:
    person(email=EMAIL, last_login=timezone.now())
    for _unused in range(6):
        ask(visit(brest), "a+0@example.org")
    owner = visit(saran)
    page = ask(owner, EMAIL)
    assert mails(saran) == 1
    code, _link = code_and_link(saran)
    ask(visit(saran), EMAIL)
    assert mails(saran) == 1
    owner.post("/connexion/code/", {"code": code})
    assert is_in(owner)
    assert page.redirect_chain == ask(visit(saran), "b@example.org").redirect_chain


def test_a_spelling_that_nobody_came_in_with_gives_way(visit: Callable[..., Client], saran: Municipality) -> None:
    ask(visit(saran), "pre+nowhere@example.org")
    owner = visit(saran)
    ask(owner, "pre@example.org")
    with schema_context(saran.schema_name):
        assert OutboxMessage.objects.order_by("-created_at")[0].payload["to"] == "pre@example.org"
    code, _link = code_and_link(saran)
    owner.post("/connexion/code/", {"code": code})
    ask(visit(saran), "pre+nowhere@example.org")
    with schema_context(saran.schema_name):
        assert OutboxMessage.objects.order_by("-created_at")[0].payload["to"] == "pre@example.org"


def test_coming_in_ends_what_was_sent_before(visit: Callable[..., Client], saran: Municipality) -> None:
    first = visit(saran)
    ask(first, EMAIL)
    _code, old_link = code_and_link(saran)
    ask(first, EMAIL)
    code, _link = code_and_link(saran)
    first.post("/connexion/code/", {"code": code})
    assert press_link(visit(saran), old_link).status_code == 410


def test_signing_out_elsewhere_ends_links_that_were_not_opened(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user = person(email=EMAIL)
    ask(visit(saran), EMAIL)
    _code, link = code_and_link(saran)
    with schema_context(saran.schema_name):
        end_sessions(user=user)
    assert press_link(visit(saran), link).status_code == 410


def test_who_asks_once_too_often_is_told_that_the_messages_still_work(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    for _unused in range(5):
        ask(visit(saran), EMAIL)
    owner = visit(saran)
    page = ask(owner, EMAIL)
    assert page.redirect_chain[-1][0] == "/connexion/code/"
    assert "dans 15 minutes" in page.content.decode()
    code, _link = code_and_link(saran)
    owner.post("/connexion/code/", {"code": code})
    assert is_in(owner)


def test_a_room_of_sixty_newcomers_on_one_network_comes_in_beside_an_attacker(
    visit: Callable[..., Client], saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sixth of the room, where a network may do a sixth of what it may."""
    for limit in (SIGN_IN_MAILS, SIGN_IN_GUESSES):
        rates = [
            Rate(each.amount // 6, each.seconds, each.per) if each.per == "network" else each for each in limit.rates
        ]
        monkeypatch.setattr(limit, "rates", tuple(rates))
    attacker = visit(saran)
    ask(attacker, "victime@example.org")
    for number in range(10):
        attacker.post("/connexion/code/", {"code": "000000"})
        ask(attacker, "victime@example.org")
        newcomer = visit(saran)
        ask(newcomer, f"n{number}@example.org")
        code, _link = code_and_link(saran)
        newcomer.post("/connexion/code/", {"code": code})
        assert is_in(newcomer), number
    assert attacker.post("/connexion/code/", {"code": "000000"}).status_code == 429
    with schema_context(saran.schema_name):
        assert OutboxMessage.objects.filter(payload__to="victime@example.org").count() == 5


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many mails a network is sent in five minutes: few, for a test's sake."""
    monkeypatch.setattr(SIGN_IN_MAILS, "rates", (*SIGN_IN_MAILS.rates[:2], Rate(6, 300, "network")))
    return 6


def test_a_room_that_opens_its_links_comes_in_too(
    visit: Callable[..., Client], saran: Municipality, small_network: int
) -> None:
    for number in range(small_network + 2):
        newcomer = visit(saran)
        ask(newcomer, f"n{number}@example.org")
        _code, link = code_and_link(saran)
        newcomer.post(newcomer.get(link).headers["Location"])
        assert is_in(newcomer), number


def test_who_writes_to_everybody_from_one_network_is_slowed_and_told_what_is_true(
    visit: Callable[..., Client], saran: Municipality, small_network: int
) -> None:
    answers = [visit(saran).post("/connexion/", {"email": f"v{number}@example.org"}) for number in range(7)]
    assert [answer.status_code for answer in answers] == [302] * small_network + [429]
    page = answers[-1].content.decode()
    assert "réseau" in page
    assert "v6@example.org" in page
    elsewhere = visit(saran, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post("/connexion/", {"email": "v6@example.org"}).status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1" * 5000, "\x00", "٣٣٣٣٣٣"])
def test_what_is_no_code_is_a_wrong_one(visit: Callable[..., Client], saran: Municipality, code: str) -> None:
    visitor = visit(saran)
    ask(visitor, EMAIL)
    assert visitor.post("/connexion/code/", {"code": code}).status_code == 422


def test_another_address_leads_to_an_empty_form(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    ask(visitor, "fote@example.org")
    assert "fote@" in visitor.get("/connexion/code/").content.decode()
    page = visitor.post("/connexion/autre-adresse/", follow=True)
    assert page.redirect_chain[-1][0] == "/connexion/"
    assert "fote@" not in page.content.decode()
    # Nor is it found again by going back: the next person at a shared tablet begins anew.
    assert visitor.get("/connexion/code/").headers["Location"] == "/connexion/"
    ask(visitor, EMAIL)
    code, _link = code_and_link(saran)
    visitor.post("/connexion/code/", {"code": code})
    assert is_in(visitor)


def test_the_door_is_an_empty_form_whatever_code_is_waited_for(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    visitor = visit(saran)
    ask(visitor, "fote@example.org")
    page = visitor.get("/connexion/")
    assert page.status_code == 200
    assert "fote@" not in page.content.decode()


def test_looking_at_the_door_keeps_nothing(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    visitor.get("/connexion/?next=/defis/ecologie/")
    assert "sessionid" not in visitor.cookies


@pytest.mark.parametrize(
    "host", ["saran.territoires.localhost:8443", "saran.territoires.localhost.", "SARAN.territoires.localhost"]
)
def test_the_link_of_the_mail_bears_the_address_of_the_register(
    visit: Callable[..., Client], saran: Municipality, host: str
) -> None:
    visit(saran).post("/connexion/", {"email": EMAIL}, HTTP_HOST=host)
    with schema_context(saran.schema_name):
        payload = OutboxMessage.objects.get().payload
    assert f"{saran.url}connexion/lien/" in payload["body"]
    assert payload["headers"]["Message-ID"].endswith("@territoires-resilients.example>")


def test_an_account_that_was_closed_gets_no_mail(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    email = person(is_active=False).email
    assert ask(visit(saran), email).redirect_chain[-1][0] == "/connexion/code/"
    assert mails(saran) == 0


def test_the_code_of_an_account_that_was_closed_meanwhile_is_none(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    visitor = visit(saran)
    ask(visitor, EMAIL)
    code, _link = code_and_link(saran)
    with schema_context(saran.schema_name):
        User.objects.filter(email=EMAIL).update(is_active=False)
    assert visitor.post("/connexion/code/", {"code": code}).status_code == 422


def test_guesses_on_an_address_without_account_count_like_others(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    ask(visitor, "personne@example.org")
    answers = [visitor.post("/connexion/code/", {"code": "000000"}).status_code for _unused in range(6)]
    assert answers == [422] * 5 + [429]
    assert not User.objects.filter(email="personne@example.org").exists()
    assert SIGN_IN_GUESSES.rates[0].amount == 5
