"""Accounts that are new in a city are bounded by network and by mail domain; nothing begun is lost, nobody else slowed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from accounts.limits import FIRST_ENTRIES_BY_DOMAIN, FIRST_ENTRIES_BY_NETWORK
from accounts.mail_domains import bought_domain
from accounts.models import User
from accounts.newcomers import TooManyNewcomers
from common.limits import Rate
from tenants.models import KnownDomain, Municipality
from tests.accounts.test_codes import is_in
from tests.accounts.test_sign_in import ask, code_and_link


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two by domain and five by network: few, for a test's sake."""
    monkeypatch.setattr(FIRST_ENTRIES_BY_DOMAIN, "rates", (Rate(2, 3600, "key"),))
    monkeypatch.setattr(FIRST_ENTRIES_BY_NETWORK, "rates", (Rate(5, 3600, "key"),))


def come(visit: Callable[..., Client], city: Municipality, email: str, **kwargs: str) -> tuple[Client, int, str]:
    visitor = visit(city, **kwargs)
    ask(visitor, email)
    code, _link = code_and_link(city)
    answer = visitor.post("/connexion/code/", {"code": code})
    return visitor, answer.status_code, answer.content.decode()


def test_one_domain_makes_no_crowd_on_one_network_or_many(visit: Callable[..., Client], saran: Municipality) -> None:
    """Subdomains are of the same owner."""
    addresses = ["a@catch-all.example.fr", "b@example.fr", "c@x9.example.fr", "d@example.fr"]
    answers = [
        come(visit, saran, email, REMOTE_ADDR=f"203.0.113.{number}")[1:] for number, email in enumerate(addresses)
    ]
    assert [status for status, _page in answers] == [302, 302, TooManyNewcomers.status, 429]
    page = answers[-1][1]
    assert "example.fr, plus que nous n’en accueillons" in page
    assert "dans 60 minutes" in page
    assert "Ce que vous avez commencé est conservé" in page


def test_one_network_makes_no_crowd_with_the_mailboxes_of_large_providers(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality
) -> None:
    addresses = [f"n{number}@{('gmail.com', 'orange.fr', 'laposte.net')[number % 3]}" for number in range(6)]
    answers = [come(visit, saran, email)[1:] for email in addresses]
    assert [status for status, _page in answers] == [302] * 5 + [429]
    assert "réseau que vous utilisez" in answers[-1][1]
    # Elsewhere, and in another city, they come in.
    assert come(visit, saran, "m@gmail.com", REMOTE_ADDR="203.0.113.9")[1] == 302
    assert come(visit, brest, "n5@orange.fr")[1] == 302


def test_what_was_refused_still_works_when_there_is_room_again(
    visit: Callable[..., Client], saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        come(visit, saran, f"{name}@example.fr")
    visitor = visit(saran)
    ask(visitor, "c@example.fr")
    code, link = code_and_link(saran)
    for _unused in range(7):  # a right code is no guess
        assert visitor.post("/connexion/code/", {"code": code}).status_code == 429
    telephone = visit(saran)
    refused = telephone.post(telephone.get(link).headers["Location"])
    assert refused.status_code == 429
    assert "example.fr" in refused.content.decode()
    monkeypatch.setattr(FIRST_ENTRIES_BY_DOMAIN, "rates", (Rate(9, 3600, "key"),))
    visitor.post("/connexion/code/", {"code": code})
    assert is_in(visitor)


def test_who_was_here_before_and_the_team_are_not_counted(visit: Callable[..., Client], saran: Municipality) -> None:
    for _unused in range(3):
        assert come(visit, saran, "a@example.fr")[1] == 302
    assert come(visit, saran, "b@example.fr")[1] == 302
    with schema_context(saran.schema_name):
        User.objects.create(email="agent@example.fr", mailbox="agent@example.fr", role="FACILITATOR")
    assert come(visit, saran, "agent@example.fr")[1] == 302
    assert come(visit, saran, "c@example.fr")[1] == 429


def test_the_authoritys_own_domain_is_bounded_by_the_network_only(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality
) -> None:
    with schema_context("public"):
        KnownDomain.objects.create(
            domain="ville-saran.fr", kind=saran.kind, authority_code=saran.authority_code, source="service-public.fr"
        )
    assert [come(visit, saran, f"n{number}@ville-saran.fr")[1] for number in range(4)] == [302] * 4
    assert [come(visit, brest, f"n{number}@ville-saran.fr")[1] for number in range(3)] == [302, 302, 429]


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("a@Example.FR", "example.fr"),
        ("a@b.c.example.fr", "example.fr"),
        ("a@club.asso.fr", "club.asso.fr"),
        ("a@x.club.asso.fr", "club.asso.fr"),
        ("a@shop.co.uk", "shop.co.uk"),
        ("a@x.abc.fr", "abc.fr"),
        ("a@com.fr", "com.fr"),
    ],
)
def test_a_domain_is_what_somebody_had_to_buy(email: str, domain: str) -> None:
    assert bought_domain(email) == domain
