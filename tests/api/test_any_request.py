"""Whatever the description allows, and whatever it does not: no server error, and answers as they are described."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.conf import settings as of_django
from django.test.client import ClientHandler
from django_tenants.utils import schema_context
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rest.schema import kept_contract
from tenants.models import Municipality
from tests.support.addresses import one_of_everything

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def _app(host: str) -> Callable[..., Iterable[bytes]]:
    """The site in this thread, whose transaction the test takes back."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["HTTP_HOST"] = environ["SERVER_NAME"] = host
        environ["HTTP_ACCEPT_ENCODING"] = "identity"
        response: Any = ClientHandler()(environ)
        start_response(f"{response.status_code} said", list(response.items()))
        return [response.getvalue()]

    return answer


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_it_is_described(
    program: Callable[..., Any], saran: Municipality, person: Any, monkeypatch: Any, mode: GenerationMode
) -> None:
    monkeypatch.setattr("rest.middleware.REQUESTS_A_MINUTE", 10**9)
    monkeypatch.setattr("common.middleware.consume", lambda *args, **kwargs: None)
    with schema_context(saran.schema_name):
        one_of_everything()
    keys = [program(saran), program(saran, person(), "propose", "react", "argue", "follow")]
    keys.append(program(saran, person(administrator=True), "answer"))
    _ask_anything("city", saran.host, keys, mode)
    operator = program(None, person(None, operator=True), "fleet", "provision")
    _ask_anything("service", of_django.PUBLIC_HOST, [program(None), operator], mode)


def _ask_anything(site: str, host: str, keys: list[Any], mode: GenerationMode) -> None:
    contract = json.loads(kept_contract(site))
    schema = schemathesis.openapi.from_dict(contract)
    schema.app = _app(host)

    for path, method in sorted((path, method) for path, methods in contract["paths"].items() for method in methods):
        operation = schema[path][method.upper()]
        cases = operation.as_strategy(generation_mode=mode)
        few = settings(
            max_examples=3,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

        @few
        @given(case=cases, key=st.sampled_from(keys))
        def asked(case: Any, key: Any) -> None:
            headers = {"Authorization": f"Bearer {key.secret}"} if key.secret else {}
            case.call_and_validate(headers=headers, checks=CHECKS)

        with suppress(Unsatisfiable):  # where nothing is asked nothing can be wrong
            asked()
