"""The clients of docs/api.md, as they stand there, against a server that listens."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.test.client import ClientHandler
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.participation.models import Proposal
from onboarding.enums import RunState
from onboarding.models import Authority, ProvisioningRun
from tenants.models import Municipality
from tests.api.conftest import Program
from tests.participation.factories import ArgumentFactory

DOC = Path(__file__).parents[2] / "docs" / "api.md"
SHELL, PYTHON, OPERATORS = re.findall(r"```(?:sh|python)\n(.*?)```", DOC.read_text(), re.DOTALL)


@pytest.fixture
def serve(saran: Municipality) -> Iterator[Callable[..., str]]:
    """`serve(command, …)` runs it against the site, which answers in this thread: what it finds there, the test made."""
    at = {"host": saran.host}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["HTTP_HOST"] = at["host"]
        response: Any = ClientHandler()(environ)
        start_response(f"{response.status_code} said", list(response.items()))
        return [response.getvalue()]

    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        server.timeout = 0.05

        def run(*command: str, key: str, host: str = saran.host, meanwhile: Callable[[], Any] = int) -> str:
            at["host"] = host
            here = f"http://127.0.0.1:{server.server_port}"
            given = {**os.environ, "CITY": here, "SERVICE": here, "KEY": key}
            client = subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            while client.poll() is None:
                server.handle_request()
                meanwhile()
            said, wrong = client.communicate()
            assert client.returncode == 0, wrong
            return said

        yield run


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        return


def test_the_shell_reads_and_proposes(
    serve: Callable[..., str], program: Callable[..., Program], saran: Municipality, person: Any
) -> None:
    said = serve("sh", "-ec", SHELL, key=program(saran, person(), "propose").secret)
    page, _brace, made = said.partition("]}")
    assert json.loads(page + "]}") == {"next": None, "results": []}
    with schema_context(saran.schema_name):
        assert Proposal.objects.get(pk=json.loads(made)["id"]).title == "Des bancs à l’ombre sur le mail"


def test_python_reads_proposals_and_their_arguments(
    serve: Callable[..., str], program: Callable[..., Program], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        argument = ArgumentFactory()
    said = serve(sys.executable, "-c", PYTHON, key=program(saran, person(), "propose").secret)
    assert argument.proposal.title in said
    assert argument.text[:20] in said


def test_operators_have_a_platform_made_and_follow_it(
    serve: Callable[..., str], program: Callable[..., Program], person: Any, settings: Any
) -> None:
    Authority.objects.get_or_create(kind="COMMUNE", code="45169", defaults={"name": "Ingré", "search_name": "ingre"})
    runs = ProvisioningRun.objects.filter(slug="ingre")

    def made() -> None:
        """As workers do, which have no commit here to be told by."""
        if runs.filter(state=RunState.RUNNING).exists():
            city = Municipality.objects.create(slug="ingre", name="Ingré", ready_at=timezone.now())
            runs.update(state=RunState.DONE, municipality=city)

    key = program(None, person(None, operator=True), "provision").secret
    said = serve(sys.executable, "-c", OPERATORS, key=key, host=settings.PUBLIC_HOST, meanwhile=made)
    assert said.split() == ["DONE", Municipality.objects.get(slug="ingre").url]
