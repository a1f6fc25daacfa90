"""What is sent twice is done once, also by two at once, and whenever the process is killed."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from common.retention import forget_what_is_over
from consultations.participation.models import Proposal
from rest.models import KeptAnswer
from tenants.models import Municipality
from tests.api.conftest import Program, problem
from tests.api.test_propose import TEXTS, WHERE

NAMED = {"Idempotency-Key": "une-fois"}


@pytest.fixture
def proposer(program: Callable[..., Program], saran: Municipality, person: Any) -> Program:
    return program(saran, person(), "propose")


def test_who_comes_while_it_is_being_done_is_told_so(proposer: Program, saran: Municipality) -> None:
    assert proposer.token is not None
    named = sha256(b"une-fois").hexdigest()
    place = f"{saran.schema_name}|api|{proposer.token.pk}|{named}"
    other: Any = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [place])
        problem(proposer("POST", WHERE, TEXTS, **NAMED), 409, "request_in_progress")
    finally:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
        other.close()
    assert proposer("POST", WHERE, TEXTS, **NAMED).status_code == 201


def test_killed_before_its_end_nothing_is_done_and_it_can_be_sent_again(
    proposer: Program, saran: Municipality, monkeypatch: Any
) -> None:
    class Killed(BaseException):
        pass

    def killed(**kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(KeptAnswer.objects, "create", killed)
        with suppress(Killed):
            proposer("POST", WHERE, TEXTS, **NAMED)
    connection.set_schema_to_public()
    with schema_context(saran.schema_name):
        assert not Proposal.objects.exists()
    assert proposer("POST", WHERE, TEXTS, **NAMED).status_code == 201
    assert proposer("POST", WHERE, TEXTS, **NAMED).headers["Idempotency-Replayed"] == "true"


def test_after_a_day_the_answer_is_forgotten(proposer: Program, saran: Municipality) -> None:
    proposer("POST", WHERE, TEXTS, **NAMED)
    with schema_context(saran.schema_name):
        KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
        assert forget_what_is_over(at=timezone.now(), writes=True)["answers of the API"] == 1
