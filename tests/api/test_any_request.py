"""Whatever the description allows, and whatever it does not: no server error, and answers as they are described."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
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
CONTRACT = json.loads(kept_contract("city"))
OPERATIONS = sorted((path, method) for path, methods in CONTRACT["paths"].items() for method in methods)


def _app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The site in this thread, whose transaction the test takes back."""
    environ["HTTP_HOST"] = environ["SERVER_NAME"] = "saran.territoires.localhost"
    environ["HTTP_ACCEPT_ENCODING"] = "identity"
    response: Any = ClientHandler()(environ)
    start_response(f"{response.status_code} said", list(response.items()))
    return [response.getvalue()]


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
    schema = schemathesis.openapi.from_dict(CONTRACT)
    schema.app = _app

    for path, method in OPERATIONS:
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
