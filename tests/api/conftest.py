"""Somebody's program: it asks the API with the key that they have made for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from rest.models import Token
from rest.problems import STATUSES
from rest.reference import explained
from rest.scopes import scopes
from rest.services.tokens import make_token
from tenants.models import Municipality

API = "/api/v1/"


@dataclass
class Program:
    client: Client
    token: Token | None = None
    secret: str = ""

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        path = path if path.startswith("/") else API + path
        given = {} if body is None else {"data": body, "content_type": "application/json"}
        return self.client.generic(method, path, headers={**named, **headers}, **_whole(given))

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)


def _whole(given: dict[str, Any]) -> dict[str, Any]:
    import json

    if "data" in given and not isinstance(given["data"], (str, bytes)):
        given["data"] = json.dumps(given["data"])
    return given


@pytest.fixture
def program(visit: Callable[..., Client]) -> Callable[..., Program]:
    """`program(city)` has no key; `program(city, user, "propose")` acts as somebody, for what it may do."""

    def begun(city: Municipality | None, user: Any = None, *wanted: str) -> Program:
        if user is None:
            return Program(visit(city))
        with schema_context(city.schema_name if city else "public"):
            of_team = any(each.is_of_team for each in scopes() if each.key in wanted)
            token, secret = make_token(
                user=user, name="Un programme", wanted=wanted, days=90, of_team=of_team, at=timezone.now()
            )
        return Program(visit(city), token, secret)

    return begun


def later(token: Token, days: int) -> None:
    Token.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(days=days))


def problem(answer: Any, status: int, code: str) -> Any:
    """What a refusal says, once it is the problem that is meant."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content[:300]
    said = answer.json()
    assert (answer.status_code, said["status"], said["code"]) == (status, status, code), said
    assert said["detail"]
    assert said["title"]
    assert said["type"] in (f"/api/#{code}", f"/api/#{STATUSES[status][0]}")
    assert said["type"].partition("#")[2] in {each for _status, each, _said in explained()}
    return said
