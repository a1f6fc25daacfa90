"""What may be said of an error, a message, a request."""

import logging
import sys
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from accounts.models import User
from common.discretion import discreet, discreet_error, discreet_message, discreet_traceback, method_of, route_of
from config.observability import PlainFormatter
from tenants.models import Municipality

TOKEN = "5knEu9ZJ2-1r4Qs63zIENaewcQdGlmyAJLmIjxccajg"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sent to Martine.Duval+x@boîte.example, again", "sent to …, again"),
        (f"no link {TOKEN}", "no link …"),
        ("a signed one WyI0Iiw:1uX4Ab:k9_pQ7-abcdefghijklmnopqrstu1", "a signed one WyI0Iiw:1uX4Ab:…"),
        ("signed by whsec_Ab+c/dE= of theirs", "signed by … of theirs"),
        ("trk_abc and sk_test_abc do not hold", "… and … do not hold"),
        ("Referer https://saran.example/connexion/lien/x/?a=b refused", "Referer https://saran.example/… refused"),
        ("task accounts.tasks.send_mail failed in m_abc12345", "task accounts.tasks.send_mail failed in m_abc12345"),
        ("run 0f0e8c56-1111-4222-8333-444455556666", "run 0f0e8c56-1111-4222-8333-444455556666"),
        ("test_a_sentry_event_carries_the_city_and_nothing", "test_a_sentry_event_carries_the_city_and_nothing"),
        ("ConfirmationRefusedBecauseTooOld", "ConfirmationRefusedBecauseTooOld"),
    ],
)
def test_addresses_tokens_and_paths_are_left_out_and_nothing_else(text: str, said: str) -> None:
    assert discreet(text) == said


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("ValueError", "invalid literal for int() with base 10: 'Martine Duval'", "invalid literal for int() with base 10: …"),
        ("ValidationError", "['« Martine Duval » is taken']", "…"),
        ("KeyError", "'seen_version'", "'seen_version'"),
        ("AttributeError", "'User' object has no attribute 'nom'", "'User' object has no attribute 'nom'"),
        (
            "UniqueViolation",
            'duplicate key value violates unique constraint "user_email_unique"\nDETAIL:  Key (lower(email))=(a@b.fr)',
            'duplicate key value violates unique constraint "user_email_unique"',
        ),
        ("DataError", 'invalid input syntax for type integer: "Martine"\nLINE 1: SELECT …', "invalid input syntax for type integer: …"),
        ("SMTPRecipientsRefused", "{'martine@boite.example': (550, b'no')}", "{…: (550, b…)}"),
    ],
)  # fmt: skip
def test_an_error_says_what_it_is_about_and_not_what_it_was_given(kind: str, text: str, said: str) -> None:
    assert discreet_error(kind, text) == said


def test_the_row_of_a_refused_insert_is_in_no_traceback(in_saran: Municipality) -> None:
    mailbox = "boi" + "te.example"  # apart: a traceback holds lines of this very file
    User.objects.create(email=f"a@{mailbox}")
    try:
        with transaction.atomic():
            User.objects.create(email=f"A@{mailbox}")
    except IntegrityError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    text = PlainFormatter("%(message)s").format(record)
    assert "user_email_unique" in text
    assert mailbox not in text


def test_an_error_in_the_message_says_no_more_than_in_the_traceback() -> None:
    problem = ValueError("odd: “Martine Duval”")
    record = logging.LogRecord("x", logging.ERROR, "", 0, "it raised %r", (problem,), (ValueError, problem, None))
    assert discreet_message(record) == "it raised ValueError: odd: …"
    assert discreet_traceback("ValueError: odd: “Martine Duval”", problem) == "ValueError: odd: …"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/propositions/12/une-idee-de-martine/", "/propositions/<int:pk>/<slug:slug>/"),
        (f"/connexion/lien/{TOKEN}/", "/connexion/lien/<str:token>/"),
        (f"/apercu/{TOKEN}/", "/apercu/<str:token>/"),
        ("/martine-duval/", "-"),
        ("/static/x.css", "/static/"),
    ],
)
def test_a_request_is_named_by_its_route(path: str, route: str) -> None:
    assert route_of(RequestFactory().get(path)) == route


def test_a_method_that_somebody_made_up_is_not_repeated() -> None:
    assert method_of(RequestFactory().generic("MARTINE", "/")) == "?"


@pytest.mark.parametrize("message", ["Internal Server Error: %s", "Forbidden (CSRF): %s"])
def test_django_names_the_route_too(message: str) -> None:
    request: Any = RequestFactory().get(f"/connexion/lien/{TOKEN[:8]}/")
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, message, (request.path,), None)
    record.request = request
    assert discreet_message(record) == message % "/connexion/lien/<str:token>/"
