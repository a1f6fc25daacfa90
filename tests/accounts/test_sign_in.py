"""The door: an address, then a code or a link. The same answer for everyone, used once, limited."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.checks.registry import registry
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.checks import links_replace_no_factor
from accounts.enums import Role
from accounts.models import AuditEntry, SignInLink, User
from accounts.services import find_or_create_user, forget_expired
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.links import open_link, press_link


def ask(client: Client, email: str) -> Any:
    return client.post("/connexion/", {"email": email}, follow=True)


def last_mail() -> dict[str, str]:
    return OutboxMessage.objects.order_by("-created_at")[0].payload


def code_and_link(city: Municipality) -> tuple[str, str]:
    with schema_context(city.schema_name):
        mail = last_mail()
    body = mail["body"]
    code = re.search(r"\b(\d{6})\b", body)
    link = re.search(r"https?://\S+(/connexion/lien/\S+)", body)
    assert code
    assert link
    # The same in the city's colour: the code alone in its box, to be read or copied at a glance.
    assert f">{code[1]}</p>" in mail["html"]
    assert f'href="{link[0]}"' in mail["html"]
    return code[1], link[1]


def test_a_code_lets_a_new_resident_in_and_asks_for_a_public_name(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    visitor = visit(saran)
    ask(visitor, "Nouvelle@Example.org")
    code, _link = code_and_link(saran)
    response = visitor.post("/connexion/code/", {"code": code}, follow=True)
    assert response.redirect_chain[-1][0] == "/bienvenue/"
    response = visitor.post(
        "/bienvenue/",
        {"public_name": "Mésange", "capacity": "RESIDENT", "neighbourhood": "", "age_band": ""},
        follow=True,
    )
    assert response.redirect_chain[-1][0] == "/"
    with schema_context(saran.schema_name):
        user = User.objects.get(email="nouvelle@example.org")
        assert (user.public_name, user.role) == ("Mésange", Role.PARTICIPANT)


def test_known_or_not_the_answer_is_the_same(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    def shape(response: Any) -> str:
        return re.sub(r"[\w.]+@example.org|value=\"[^\"]+\"", "…", response.content.decode())

    known = ask(visit(saran), person(email="connue@example.org").email)
    unknown = ask(visit(saran), "inconnue@example.org")
    assert known.redirect_chain == unknown.redirect_chain
    assert shape(known) == shape(unknown)


def test_on_the_public_site_an_unknown_address_gets_the_same_page_and_no_account(
    visit: Callable[..., Client], db: None, person: Any
) -> None:
    operator = person(city=None, operator=True)
    first, second = ask(visit(None), operator.email), ask(visit(None), "curieux@example.org")
    assert first.status_code == second.status_code == 200
    assert first.redirect_chain == second.redirect_chain
    assert not User.objects.filter(email="curieux@example.org").exists()
    assert OutboxMessage.objects.count() == 1


def test_the_link_of_the_mail_works_on_another_device_and_only_once(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    ask(visit(saran), "a@example.org")
    _code, link = code_and_link(saran)
    telephone = visit(saran)
    assert open_link(telephone, link).status_code == 200  # a mail program that follows links uses nothing up
    assert press_link(telephone, link).status_code == 302
    assert telephone.get("/compte/", follow=True).status_code == 200
    assert press_link(visit(saran), link).status_code == 410


def test_what_was_begun_comes_along_with_the_link(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    visitor.post("/defis/ecologie/proposer/", {"solution": "Ouvrir la cour", "autosave": "1"})
    ask(visitor, "a@example.org")
    _code, link = code_and_link(saran)
    telephone = visit(saran)
    press_link(telephone, link)
    asked = telephone.post("/bienvenue/", {"public_name": "Mésange", "capacity": "RESIDENT"}, follow=True)
    assert "Ouvrir la cour" in asked.content.decode()
    drafted = telephone.post("/reprendre/", follow=True)
    assert "Ouvrir la cour</textarea>" in drafted.content.decode()


def test_a_link_does_not_open_another_city(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality
) -> None:
    ask(visit(saran), "a@example.org")
    _code, link = code_and_link(saran)
    assert press_link(visit(brest), link).status_code == 410


@pytest.mark.parametrize("change", ["used_at", "expires_at"])
def test_an_expired_or_used_link_says_so(visit: Callable[..., Client], saran: Municipality, change: str) -> None:
    ask(visit(saran), "a@example.org")
    _code, link = code_and_link(saran)
    with schema_context(saran.schema_name):
        SignInLink.objects.update(**{change: timezone.now() - timedelta(minutes=1)})
    for response in (open_link(visit(saran), link), press_link(visit(saran), link)):
        assert response.status_code == 410
        assert 'href="/connexion/"' in response.content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 500, "../../etc", "%00"])
def test_a_forged_link_is_refused(visit: Callable[..., Client], saran: Municipality, token: str) -> None:
    client = visit(saran)
    assert client.get(f"/connexion/lien/{token}/", follow=True).status_code in (404, 410)


@pytest.mark.parametrize(
    "email", ["", "pas une adresse", "a@b", "a" * 300 + "@example.org", "a@example.org\r\nBcc: b@c.org"]
)
def test_a_bad_address_gets_a_sentence(visit: Callable[..., Client], saran: Municipality, email: str) -> None:
    response = ask(visit(saran), email)
    assert "aria-invalid" in response.content.decode()
    with schema_context(saran.schema_name):
        assert not OutboxMessage.objects.exists()


def test_a_session_of_one_city_is_nobody_in_another(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, person: Any
) -> None:
    client = visit(saran, person(administrator=True))
    assert client.get("/gestion/").status_code == 200
    other = visit(brest)
    other.cookies = client.cookies
    assert other.get("/gestion/").status_code == 302


def test_after_signing_in_one_is_back_where_one_was(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    visitor = visit(saran)
    visitor.post("/connexion/?next=/defis/ecologie/", {"email": person(email="a@example.org").email})
    code, _link = code_and_link(saran)
    assert visitor.post("/connexion/code/", {"code": code}, follow=True).redirect_chain[-1][0] == "/defis/ecologie/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_signing_in(
    visit: Callable[..., Client], saran: Municipality, person: Any, target: str
) -> None:
    visitor = visit(saran)
    visitor.post(f"/connexion/?{urlencode({'next': target})}", {"email": person(email="a@example.org").email})
    code, _link = code_and_link(saran)
    assert visitor.post("/connexion/code/", {"code": code}, follow=True).redirect_chain[-1][0] == "/"


def test_the_command_makes_a_link_that_signs_in(visit: Callable[..., Client], saran: Municipality) -> None:
    out = StringIO()
    call_command("login_link", "--city", "saran", "--email", "maire@saran.example", stdout=out)
    url = out.getvalue().strip()
    assert url.startswith("http://saran.territoires.localhost/connexion/lien/")
    client = visit(saran)
    press_link(client, url.removeprefix("http://saran.territoires.localhost"))
    assert client.get("/gestion/").status_code == 200


def shell_link(email: str = "equipe@territoires.example") -> str:
    out = StringIO()
    call_command("login_link", "--ops", "--email", email, stdout=out)
    return out.getvalue().strip().removeprefix("http://territoires.localhost")


def test_an_operators_link_from_the_shell_asks_for_the_second_factor_too(
    visit: Callable[..., Client], db: None, person: Any
) -> None:
    operator = person(city=None, operator=True)
    TOTP.activate(operator, "ABCDEFGHIJKLMNOP")
    client = visit(None)
    assert press_link(client, shell_link(operator.email)).headers["Location"] == "/connexion/second-facteur/"
    assert client.get("/ops/").headers["Location"] == "/connexion/?next=/ops/"
    assert not AuditEntry.objects.filter(action="entered_without_second_factor").exists()


def test_the_first_entry_of_an_operator_leads_to_a_second_factor_and_is_recorded(
    visit: Callable[..., Client], db: None
) -> None:
    client = visit(None)
    chain = press_link(client, shell_link(), follow=True).redirect_chain
    assert [path for path, _status in chain][-2:] == ["/ops/", "/compte/securite/?next=/ops/"]
    entry = AuditEntry.objects.get(action="entered_without_second_factor")
    assert entry.actor == User.objects.get(email="equipe@territoires.example")


def test_in_development_a_link_from_the_shell_stands_for_the_second_factor(
    visit: Callable[..., Client], db: None, settings: Any
) -> None:
    settings.SHELL_LINK_IS_SECOND_FACTOR = True
    client = visit(None)
    press_link(client, shell_link())
    assert client.get("/ops/").status_code == 200


@pytest.mark.parametrize("owns_app", [True, False])
def test_a_link_from_the_shell_replaces_the_mail_and_no_factor_of_the_team(
    visit: Callable[..., Client], saran: Municipality, person: Any, owns_app: bool
) -> None:
    boss = person(administrator=True)
    if owns_app:
        with schema_context(saran.schema_name):
            TOTP.activate(boss, "ABCDEFGHIJKLMNOP")
    out = StringIO()
    call_command("login_link", "--city", "saran", "--email", boss.email, stdout=out)
    client = visit(saran)
    press_link(client, out.getvalue().strip().removeprefix("http://saran.territoires.localhost"))
    asked = "/connexion/?next=" if owns_app else "/compte/securite/?next="
    for path in ("/gestion/export/complet/", f"/gestion/equipe/{boss.pk}/role/", "/gestion/equipe/"):
        answer = client.post(path, {"role": "OBSERVER"})
        assert (answer.status_code, answer.headers.get("Location", "")[: len(asked)]) == (302, asked), path


def test_the_check_of_a_deployment_refuses_links_that_stand_for_the_factor(settings: Any) -> None:
    assert links_replace_no_factor(None) == []
    settings.SHELL_LINK_IS_SECOND_FACTOR = True
    (error,) = links_replace_no_factor(None)
    assert error.id == "accounts.E001"
    assert links_replace_no_factor in registry.get_checks(include_deployment_checks=True)


def test_the_command_names_an_unknown_city(db: None) -> None:
    with pytest.raises(CommandError, match="atlantis"):
        call_command("login_link", "--city", "atlantis", "--email", "a@example.org")


def test_two_at_once_make_one_account(in_saran: Municipality) -> None:
    assert find_or_create_user(email="A@example.org") == find_or_create_user(email="a@EXAMPLE.org ")


def test_accounts_never_used_are_forgotten(in_saran: Municipality) -> None:
    old = find_or_create_user(email="jamais@example.org")
    User.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    find_or_create_user(email="hier@example.org")
    forget_expired(at=timezone.now())
    assert set(User.objects.filter(role=Role.PARTICIPANT).values_list("email", flat=True)) == {"hier@example.org"}
    assert mail.outbox == []
