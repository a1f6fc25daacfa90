"""What is neither read nor posted is refused in one place, before anything looks at it."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenants.models import Municipality


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PUT", "DELETE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/connexion/", "/nowhere/", "/gestion/"])
def test_other_methods_are_refused_in_a_city(
    visit: Callable[..., Client], saran: Municipality, method: str, path: str
) -> None:
    answer = visit(saran).generic(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_other_methods_are_refused_on_the_public_site(visit: Callable[..., Client], db: None) -> None:
    assert visit(None).generic("TRACE", "/").status_code == 405
    assert visit(None).get("/").status_code == 200
    assert visit(None).head("/").status_code == 200


def test_what_only_takes_what_is_sent_says_so_with_the_way_back(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    answer = visit(saran).get("/deconnexion/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "Rien n’a été renvoyé" in answer.content.decode()
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert 'href="/"' in answer.content.decode()
