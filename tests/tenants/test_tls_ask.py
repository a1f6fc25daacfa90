"""Who gets a certificate: the public host and the hosts of ready cities, no one else."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from tenants.enums import LifecycleState
from tenants.models import Domain, Municipality
from tests.conftest import CityClient


def ask(domain: str, **headers: str) -> Any:
    # As Caddy asks: by the application's internal name, over plain HTTP.
    return Client(**{"HTTP_HOST": "web:8000", **headers}).get("/tls/ask", {"domain": domain})


@pytest.mark.parametrize("host", ["web:8000", "127.0.0.1:8000", "territoires.localhost", "saran.territoires.localhost"])
def test_it_answers_whatever_name_it_is_asked_by(saran: Municipality, host: str) -> None:
    assert ask(saran.host, HTTP_HOST=host).status_code == 200
    assert ask("nulle-part.fr", HTTP_HOST=host).status_code == 404


def test_the_public_host_and_every_host_of_a_city_are_allowed(saran: Municipality) -> None:
    Domain(domain="consultation.saran.fr", tenant=saran, is_primary=False).save()
    for host in (settings.PUBLIC_HOST, saran.service_host, "consultation.saran.fr", "CONSULTATION.Saran.fr"):
        assert ask(host).status_code == 200, host


@pytest.mark.parametrize(
    "domain",
    [
        "", " ", "saran", "localhost", "127.0.0.1", "::1", "[::1]", "1.2.3.4", "0x7f.1", "*.territoires.localhost",
        "nulle-part.territoires.localhost", "evil.saran.territoires.localhost", "saran.territoires.localhost.",
        "saran.territoires.localhost:443", "a" * 254, "a." * 200 + "fr", "saran.territoires.localhost\n", "é.fr",
        "saran.territoires.localhost\x00", "'; DROP TABLE tenants_domain; --", "https://saran.territoires.localhost/",
    ],
)  # fmt: skip
def test_everything_else_is_refused(saran: Municipality, domain: str) -> None:
    assert ask(domain).status_code == 404


def test_a_question_without_a_domain_is_refused(db: None) -> None:
    assert Client().get("/tls/ask").status_code == 404


@pytest.mark.parametrize("change", [{"ready_at": None}, {"state": LifecycleState.DELETED}])
def test_a_city_that_is_not_served_gets_no_certificate(saran: Municipality, change: dict[str, Any]) -> None:
    Municipality.objects.filter(pk=saran.pk).update(**change)
    assert ask(saran.host).status_code == 404


@pytest.mark.parametrize("state", [LifecycleState.READ_ONLY, LifecycleState.SUSPENDED, LifecycleState.CLOSED])
def test_a_city_that_is_stopped_keeps_its_certificate(saran: Municipality, state: str) -> None:
    Municipality.objects.filter(pk=saran.pk).update(state=state)
    assert ask(saran.host).status_code == 200


def test_an_answer_is_empty_costs_one_query_and_leaves_nothing(
    saran: Municipality, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):  # the search path, the question
        answer = ask(saran.host)
    assert answer.content == b""
    assert not answer.cookies
    with django_assert_max_num_queries(0):
        ask("1.2.3.4")


def test_it_is_only_read(db: None) -> None:
    assert Client().post("/tls/ask", {"domain": settings.PUBLIC_HOST}).status_code == 405


def test_it_is_not_sent_to_https_but_pages_are(saran: Municipality) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        client = CityClient("web:8000")  # a middleware reads its settings when it is made
        assert client.get("/tls/ask", {"domain": saran.host}).status_code == 200
        answer = CityClient(saran.host).get("/propositions/?page=2")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{saran.host}/propositions/?page=2"
