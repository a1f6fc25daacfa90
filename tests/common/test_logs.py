"""A whole story, read in the logs and in Sentry: no token, no address, no public name, nothing that was typed."""

import io
import json
import logging
import logging.config
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sentry_sdk
from celery.app import trace
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_started
from django.db import IntegrityError, close_old_connections
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tenants.utils import schema_context
from gunicorn.config import Config
from gunicorn.glogging import Logger as ServerLogger

from accounts.models import User
from common import outbox
from common.models import OutboxMessage
from config.observability import configure_sentry, logging_settings
from consultations.cocreation.models import CoAuthorInvitation
from consultations.cocreation.services.coauthors import invite_coauthor
from notifications.models import MailPreference
from notifications.services.links import unsubscribing_link
from tenants.models import Municipality
from tests.links import open_link, press_link
from tests.onboarding.signing_up import answer, begin
from tests.participation.factories import ProposalFactory

# Written apart: a traceback holds lines of this very file.
NAME = " ".join(["Mar" + "tine", "Du" + "val"])
MAILBOX = "boi" + "te.example"
HERS = f"{NAME.split()[0].lower()}@{MAILBOX}"
TYPED = "cha" + "touille"
OURS = ("accounts", "common", "config", "consultations", "onboarding", "requests", "tenants")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What every logger writes, in the format of production and in that of a developer, ours from DEBUG on."""
    settings, lines = logging_settings(json=True), io.StringIO()
    for handler in settings["handlers"].values():
        handler["stream"] = lines
    settings["root"] = {"handlers": ["json", "plain"], "level": "INFO"}
    settings["loggers"] |= {name: {"level": "DEBUG"} for name in (*OURS, "celery", "kombu", "allauth")}
    names = ["", *settings["loggers"]]
    before = [
        (log := logging.getLogger(name), log.handlers[:], log.filters[:], log.level, log.propagate) for name in names
    ]
    server = ServerLogger(Config())  # gunicorn sets its loggers up, then Django comes
    server.cfg.set("accesslog", "-")
    logging.config.dictConfig(settings)
    try:
        yield lines
    finally:
        for log, log.handlers, log.filters, level, log.propagate in before:
            log.setLevel(level)


@pytest.fixture
def sent() -> Iterator[list[Any]]:
    events: list[Any] = []

    class Transport(sentry_sdk.transport.Transport):
        def capture_envelope(self, envelope: Any) -> None:
            events.extend(item.payload.json for item in envelope.items if item.payload.json)

    configure_sentry(dsn="https://key@sentry.example/1", release="x", environment="test", transport=Transport)
    yield events
    sentry_sdk.init()


class Story:
    """Goes on while `secrets` grows with every token and code that was sent."""

    def __init__(self, visit: Callable[..., Client], saran: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
        self.visit, self.saran, self.monkeypatch = visit, saran, monkeypatch
        self.secrets: set[str] = {NAME, NAME.split()[0], NAME.split()[1], MAILBOX, TYPED}

    def link(self, pattern: str, schema: str = "public") -> str:
        with schema_context(schema):
            body = OutboxMessage.objects.filter(task__endswith="send_mail").latest("created_at").payload["body"]
        found = re.search(rf"https?://[^/\s]+(/{pattern}/([^/\s]+)/)", body)
        assert found, body
        self.secrets.add(found[2])
        self.secrets |= set(re.findall(r"\b\d{6}\b", body))
        return found[1]

    def signs_up(self) -> None:
        visitor = self.visit(None)
        key = begin(visitor)
        answer(visitor, key, you={"email": f"dgs@{MAILBOX}", "contact_name": NAME})
        visitor.post(f"/inscription/{key}/plus-tard/", {"email": f"maison@{MAILBOX}"})
        assert press_link(self.visit(None), self.link("inscription/reprendre")).status_code == 302
        visitor.post(f"/inscription/{key}/depart/")
        confirm = self.link("inscription/confirmer")
        assert open_link(visitor, confirm).status_code == 200
        assert "/mise-en-service/" in press_link(visitor, confirm).headers["Location"]

    def signs_in(self) -> Client:
        """By code, then with a name, then by link."""
        by_code, by_link = self.visit(self.saran), self.visit(self.saran)
        by_code.post("/connexion/", {"email": HERS})
        self.link("connexion/lien", self.saran.schema_name)
        with schema_context(self.saran.schema_name):
            code = re.search(r"\b\d{6}\b", OutboxMessage.objects.latest("created_at").payload["body"])
        assert code
        by_code.post("/connexion/code/", {"code": "000000"})
        assert by_code.post("/connexion/code/", {"code": code[0]}).status_code == 302
        by_code.post("/bienvenue/", {"public_name": NAME, "capacity": "RESIDENT", "neighbourhood": "", "age_band": ""})
        by_link.post("/connexion/", {"email": HERS})
        link = self.link("connexion/lien", self.saran.schema_name)
        assert press_link(by_link, link).status_code == 302
        assert press_link(by_link, link).status_code == 410
        return by_link

    def invites(self) -> None:
        with schema_context(self.saran.schema_name):
            proposal = ProposalFactory(author=User.objects.get(public_name=NAME), title=f"Une {TYPED}")
            invite_coauthor(
                proposal=proposal, by=proposal.author, city=self.saran, at=timezone.now(), email=f"ami@{MAILBOX}"
            )
            key = CoAuthorInvitation.objects.get().pk
        self.visit(self.saran).get(f"/invitations/{key}/")

    def verifies(self, administrator: User) -> None:
        Municipality.objects.filter(pk=self.saran.pk).update(verified_at=None, department_code="45")
        self.visit(self.saran, administrator).post("/gestion/verification/", {"email": "dgs@ville-saran.fr"})
        link = self.link("gestion/verification", self.saran.schema_name)
        assert open_link(self.visit(self.saran), link).status_code == 200
        assert press_link(self.visit(self.saran), link).status_code == 200

    def unsubscribes(self) -> None:
        with schema_context(self.saran.schema_name):
            link = unsubscribing_link(MailPreference.objects.get_or_create(user=User.objects.get(public_name=NAME))[0])
        self.secrets.add(link.split("/")[2])
        for answered in (press_link(self.visit(self.saran), link), self.visit(self.saran).post(link)):
            assert answered.status_code == 200

    def enters_from_the_shell(self) -> None:
        out = io.StringIO()
        call_command("login_link", "--ops", "--email", f"ops@{MAILBOX}", stdout=out)
        link = "/" + out.getvalue().strip().split("/", 3)[3]
        self.secrets.add(link.split("/")[3])
        press_link(self.visit(None), link, follow=True)

    def served(self, method: str, path: str) -> str:
        """As a web server asks: Sentry notes more of such a request than of a test client's."""
        said: list[str] = []
        environ = RequestFactory(HTTP_HOST=self.saran.host).generic(method, path, QUERY_STRING=f"q={TYPED}").environ
        request_started.disconnect(close_old_connections)  # as a test client does
        try:
            list(WSGIHandler()(environ, lambda status, headers: said.append(status)))
        finally:
            request_started.connect(close_old_connections)
        return said[0]

    def goes_wrong(self) -> None:
        """In a view, in a link's own page, in a worker, in the web server; wrong addresses, hosts and forms."""

        def fail(*args: Any, **kwargs: Any) -> None:
            try:
                raise ValueError(f"no such person: '{NAME}'")
            except ValueError as problem:
                row = f'duplicate key "x"\nDETAIL:  Failing row contains (1, {HERS}, {NAME}).'
                raise IntegrityError(row) from problem

        with schema_context(self.saran.schema_name):
            someone = User.objects.get(public_name=NAME)
            path = ProposalFactory().get_absolute_url()
        Municipality.objects.filter(pk=self.saran.pk).update(verified_at=timezone.now())  # by an operator, in between
        self.monkeypatch.setattr("consultations.participation.resident.acting.reactions.react", fail)
        client = self.visit(self.saran, someone, raise_request_exception=False)
        assert client.post(f"{path}reagir/?q={TYPED}", {"reaction": "LIKE"}).status_code == 500
        with self.monkeypatch.context() as broken:
            broken.setattr("accounts.web.views.usable_link", fail)
            client.post("/connexion/", {"email": HERS})
            asked = self.visit(self.saran, raise_request_exception=False)
            asked.post("/connexion/", {"email": HERS})
            assert open_link(asked, self.link("connexion/lien", self.saran.schema_name)).status_code == 500
        with self.monkeypatch.context() as broken:  # at an address with a token, and before addresses are looked up
            broken.setattr("notifications.resident.mailing.choosing.unsubscribe", fail)
            assert self.served("POST", f"/desabonnement/{TYPED}/").startswith("500")
            broken.setattr("tenants.middleware.municipality_as_of", fail)
            assert self.served("GET", f"/{TYPED}/").startswith("500")
        asked.get(f"/{TYPED}/{NAME}/?q={MAILBOX}")
        asked.get(f"/propositions/?q={TYPED}")
        asked.generic(TYPED.upper(), "/")
        Client(HTTP_HOST=f"{TYPED}.example").get(f"/{TYPED}/")
        Client(HTTP_HOST=f"{TYPED}_/@").get("/")
        strict = self.visit(self.saran, enforce_csrf_checks=True, HTTP_REFERER=f"https://x.example/{TYPED}")
        assert strict.post(f"/desabonnement/lien/{TYPED}/", secure=True).status_code == 403

        with schema_context(self.saran.schema_name):
            self.monkeypatch.setitem(outbox._handlers, "accounts.tasks.send_mail", fail)
            outbox.run_message(str(OutboxMessage.objects.latest("created_at").pk), at=timezone.now())
        told = {"id": "1", "name": "x", "args": f"('{NAME}',)", "kwargs": f"{{'to': '{HERS}'}}"}
        trace.logger.info(trace.LOG_RECEIVED, told, extra={"data": told})
        self.monkeypatch.setattr(outbox, "run_message", fail)
        outbox.run_outbox_message.apply(args=[HERS], kwargs={"name": NAME}, throw=False)
        logging.getLogger("common.outbox").error("Task %(name)s is odd", told, extra={"data": told})

        server = logging.getLogger("gunicorn.error")
        server.warning(f"Invalid request from ip=192.0.2.7: Invalid HTTP request line: 'GET /{TYPED}'")
        try:
            fail()
        except IntegrityError:
            server.exception("Error handling request %s %s", "GET", f"/{TYPED}/?email={HERS}")
        logging.getLogger("gunicorn.access").info(f"GET /{TYPED}/")


def test_a_whole_story_leaves_no_token_no_address_and_no_name(
    visit: Callable[..., Client],
    saran: Municipality,
    person: Any,
    written: io.StringIO,
    sent: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story = Story(visit, saran, monkeypatch)
    story.signs_up()
    story.signs_in()
    story.invites()
    story.verifies(person(administrator=True))
    story.unsubscribes()
    story.enters_from_the_shell()
    story.goes_wrong()
    sentry_sdk.flush()

    log, events = written.getvalue(), json.dumps(sent, ensure_ascii=False)
    assert len(story.secrets) > 12
    for place, text in (("the log", log), ("Sentry", events)):
        # Codes are six figures: not those of a longer number.
        found = [each for each in story.secrets if re.search(rf"(?<!\d){re.escape(each)}(?!\d)", text, re.IGNORECASE)]
        lines = [line[:300] for line in text.splitlines() if any(each.lower() in line.lower() for each in found)]
        assert not found, f"{place}: {found}\n" + "\n".join(lines[:10])
    # Enough is said all the same.
    for words in (
        "GET /connexion/lien/<str:token>/ 302",
        "POST /desabonnement/<str:token>/ 200",
        "Internal Server Error: /propositions/<int:pk>/<slug:slug>/reagir/",
        "IntegrityError: duplicate key",
        "outbox task accounts.tasks.send_mail failed",
        "Task common.run_outbox_message",
        "Invalid request",
        "Error handling request",
    ):
        assert words in log, words
    kinds = [each["exception"]["values"][-1]["type"] for each in sent if "exception" in each]
    assert kinds.count("IntegrityError") >= 3
    assert {each["tags"]["schema"] for each in sent if "exception" in each} >= {saran.schema_name}
