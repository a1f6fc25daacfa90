"""The host chooses; a stranger gets a friendly 404; a forged one gets nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.models import Municipality


def test_each_host_shows_its_own_city(visit: Callable[..., Client], saran: Municipality, brest: Municipality) -> None:
    assert b"Saran" in visit(saran).get("/").content
    page = visit(brest).get("/").content
    assert b"Brest" in page
    assert b"Saran" not in page


@pytest.mark.parametrize(
    "host", ["nulle-part.territoires.localhost", "example.org", "127.0.0.1", "evil.saran.territoires.localhost"]
)
def test_an_unknown_host_gets_a_friendly_404(db: None, host: str) -> None:
    response = Client(HTTP_HOST=host).get("/propositions/")
    assert response.status_code == 404
    assert "text/html" in response.headers["Content-Type"]


@pytest.mark.parametrize("host", ["saran.territoires.localhost\r\nX: y", "a b", "'; DROP SCHEMA", "<script>"])
def test_a_malformed_host_is_refused(db: None, host: str) -> None:
    assert Client(HTTP_HOST=host).get("/").status_code == 400


def test_a_forwarded_host_is_not_believed(visit: Callable[..., Client], saran: Municipality) -> None:
    response = visit(saran).get("/", HTTP_X_FORWARDED_HOST="brest.territoires.localhost")
    assert b"Brest" not in response.content


@pytest.mark.parametrize("host", ["SARAN.territoires.localhost", "saran.territoires.localhost:8000"])
def test_case_and_port_do_not_matter(saran: Municipality, host: str) -> None:
    assert Client(HTTP_HOST=host).get("/").status_code == 200


def test_a_city_that_is_not_ready_is_not_there(saran: Municipality, visit: Callable[..., Client]) -> None:
    Municipality.objects.filter(pk=saran.pk).update(ready_at=None)
    assert visit(saran).get("/").status_code == 404


def test_before_opening_only_staff_see_the_platform(
    saran: Municipality, visit: Callable[..., Client], person: Any
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(opened_at=None)
    visitor = visit(saran)
    assert visitor.get("/").status_code == 200
    assert visitor.get("/propositions/").status_code == 404
    assert visitor.get("/mentions-legales/").status_code == 200
    assert visit(saran, person(administrator=True)).get("/propositions/").status_code == 200
    Municipality.objects.filter(pk=saran.pk).update(opened_at=timezone.now())
    assert visitor.get("/propositions/").status_code == 200
