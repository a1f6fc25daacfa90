"""Sending: over one connection, each once, whatever the mail server answers; nobody is lost, and nothing waits for it."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.utils import timezone

from common.outbox import messages_of
from common.tones import tones
from consultations.animation.enums import CampaignState, Problem, RecipientState
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import totals
from consultations.animation.services import sending
from consultations.animation.services.answers import Means, answer_to, answer_to_opening
from consultations.animation.services.composing import composed, message_for
from consultations.animation.services.planning import stop
from consultations.animation.services.sending import send_for_a_while
from consultations.animation.services.waking import send_campaigns
from notifications.models import MailAgreement
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.animation.factories import CampaignFactory, agreeing, decided
from tests.tenants.test_lifecycle import put

Sent = list[Any]


class Arrived:
    """A message as it arrives."""

    def __init__(self, message: Any) -> None:
        found = message_from_bytes(message.message().as_bytes(linesep="\r\n"), policy=policy.default)
        self.extra_headers: dict[str, str] = {name: str(value) for name, value in found.items()}
        self.to, self.from_email, self.subject = [found["To"]], str(found["From"]), found["Subject"]
        self.body, self.html = (
            found.get_body((kind,)).get_content().replace("\r\n", "\n")  # type: ignore[union-attr,attr-defined]
            for kind in ("plain", "html")
        )


class Server:
    """A mail server that answers as a test says: for the n-th message, or when it is opened."""

    def __init__(self) -> None:
        self.sent: Sent = []
        self.opened = 0
        self.on_open: Callable[[], None] = lambda: None
        self.on_message: Callable[[int, Any], None] = lambda number, message: None
        self.asked = 0

    def open(self) -> None:
        self.opened += 1
        self.on_open()

    def close(self) -> None: ...

    def send_messages(self, messages: list[Any]) -> None:
        (message,) = messages
        self.asked += 1
        self.on_message(self.asked, message)
        self.sent.append(Arrived(message))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server()
    monkeypatch.setattr(sending, "get_connection", lambda: found)
    monkeypatch.setattr(sending, "hand_over", handed)
    return found


def handed(backend: Server, message: Any, *, before: Callable[[], None], meanwhile: Callable[[], None]) -> None:
    """As over a real connection (test_posting): the one before is marked first; before its answer is read, the next one
    is asked for."""
    before()
    try:
        backend.send_messages([message])
    finally:
        meanwhile()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass, for those who send."""
    moment = [timezone.now()]

    def later(by: timedelta) -> None:
        moment[0] += by

    monkeypatch.setattr(sending.timezone, "now", lambda: moment[0])
    return later


def refusing(code: int, text: str) -> Callable[[int, Any], None]:
    def refuse(number: int, message: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (code, text.encode())})

    return refuse


def campaign_to(people: int) -> Campaign:
    for _unused in range(people):
        agreeing()
    return decided(CampaignFactory())


def test_each_gets_one_message_with_their_name_and_a_link_of_their_own(in_saran: Municipality, server: Server) -> None:
    user = agreeing(public_name="Mésange <b>")
    campaign = decided(CampaignFactory())
    send_for_a_while()
    (message,) = server.sent
    row = Recipient.objects.get()
    assert (message.to, row.state) == ([user.email], RecipientState.SENT)
    assert message.subject == campaign.subject
    assert message.from_email.startswith("Saran <")
    assert message.body.startswith("Bonjour Mésange <b>,\n\nVenez samedi à dix heures")
    html = message.html
    assert "Bonjour Mésange &lt;b&gt;," in html
    assert (
        f'<a class="m-link" style="color:{tones(in_saran.colour)[0]["ink"]}" href="{in_saran.url.rstrip("/")}/"' in html
    )
    headers = message.extra_headers
    assert headers["Message-ID"].startswith(f"<{row.pk.hex}.{in_saran.schema_name}@")
    link = headers["List-Unsubscribe"].strip("<>")
    assert link.startswith(in_saran.url.rstrip("/") + "/desabonnement/messages/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in message.body
    assert link in html
    assert "{" not in message.body
    campaign.refresh_from_db()
    assert (campaign.state, campaign.finished_at is not None) == (CampaignState.SENT, True)
    assert not messages_of(send_campaigns).exists()
    send_for_a_while()
    assert len(server.sent) == 1


def test_many_go_over_one_connection_and_two_statements_each(
    in_saran: Municipality, server: Server, django_assert_max_num_queries: Any
) -> None:
    campaign_to(12)
    # Each is asked for and marked; and what a round asks whoever there are.
    with django_assert_max_num_queries(2 * 12 + 40):
        send_for_a_while()
    assert (len(server.sent), server.opened) == (12, 1)
    assert len({message.extra_headers["Message-ID"] for message in server.sent}) == 12


class Killed(BaseException):
    """What no code of ours takes for a failure."""


def test_a_process_that_is_killed_repeats_the_one_in_flight_and_calls_it_uncertain(
    in_saran: Municipality, server: Server
) -> None:
    campaign = campaign_to(3)

    def kill(number: int, message: Any) -> None:
        if number == 2:
            server.sent.append(Arrived(message))  # it had left
            raise Killed

    server.on_message = kill
    with pytest.raises(Killed), _nothing_is_given_back():
        send_for_a_while()
    server.on_message = lambda number, message: None
    # In order: one is marked before the next one is begun.
    assert list(Recipient.objects.values_list("state", flat=True)) == ["SENT", "SENDING", "SENDING"]
    send_for_a_while()
    numbers = [message.extra_headers["Message-ID"] for message in server.sent]
    assert (len(numbers), len(set(numbers))) == (4, 3), "one twice, by the same number"
    found = totals(campaign)
    assert (found.sent, found.uncertain, found.waiting) == (3, 1, 0)


def test_killed_before_the_mark_of_the_last_one_that_one_alone_is_repeated(
    in_saran: Municipality, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, mark = campaign_to(3), sending._Sender._mark

    def killed(self: Any) -> None:
        if self.unmarked and len(self.sent) == 2:
            raise Killed
        mark(self)

    monkeypatch.setattr(sending._Sender, "_mark", killed)
    with pytest.raises(Killed), _nothing_is_given_back():
        send_for_a_while()
    monkeypatch.setattr(sending._Sender, "_mark", mark)
    assert len(server.sent) == 2, "nothing of the next text has left"
    send_for_a_while()
    numbers = [message.extra_headers["Message-ID"] for message in server.sent]
    assert (len(numbers), len(set(numbers)), totals(campaign).uncertain) == (4, 3, 1)


@contextmanager
def _nothing_is_given_back() -> Iterator[None]:
    """As where a process is killed: what stands in `finally` is not run."""
    kept = sending._Sender._give_back
    sending._Sender._give_back = lambda self: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        sending._Sender._give_back = kept  # type: ignore[method-assign]


def test_where_the_databases_server_falls_what_had_left_is_marked_again(
    in_saran: Municipality, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, mark, fallen = campaign_to(4), sending._Sender._mark, list[Any]()

    def falls(self: Any) -> None:
        mark(self)
        if len(server.sent) == 2 and not fallen:  # what was not yet on its disk is as it was
            fallen.append(self)
            Recipient.objects.update(state="SENDING")
            raise OperationalError

    monkeypatch.setattr(sending._Sender, "_mark", falls)
    with pytest.raises(OperationalError):
        send_for_a_while()
    monkeypatch.undo()
    assert (totals(campaign).sent, totals(campaign).waiting) == (2, 2)


def test_after_a_restart_of_the_databases_server_all_that_was_claimed_is_uncertain(in_saran: Municipality) -> None:
    rows = list(decided_rows(3))
    for tried_at, uncertain in ((timezone.now(), 1), (timezone.now() - timedelta(days=400), 3)):
        Recipient.objects.update(state="SENDING", tried_at=tried_at, is_uncertain=False, tries=1)
        sending._find_what_was_in_flight()
        found = list(Recipient.objects.filter(is_uncertain=True).values_list("pk", flat=True))
        assert found == rows[:uncertain]
        assert not Recipient.objects.exclude(state="WAITING").exists()


def decided_rows(people: int) -> Iterator[Any]:
    yield from campaign_to(people).recipients.order_by("pk").values_list("pk", flat=True)


def test_whoever_stops_such_messages_while_the_one_before_leaves_gets_none(
    in_saran: Municipality, server: Server
) -> None:
    campaign = campaign_to(3)
    second = Recipient.objects.order_by("pk")[1]

    def stops(number: int, message: Any) -> None:
        if number == 1:
            MailAgreement.objects.filter(user=second.user).update(withdrawn_at=timezone.now())

    server.on_message = stops
    send_for_a_while()
    assert (totals(campaign).sent, totals(campaign).unsubscribed) == (2, 1)


def test_a_round_beside_another_does_nothing(real_db: str, saran: Municipality, server: Server) -> None:
    import psycopg
    from django_tenants.utils import schema_context

    with schema_context(saran.schema_name):
        campaign_to(1)
        settings = connection.get_connection_params()
        with psycopg.connect(
            host=settings["host"],
            port=settings["port"],
            user=settings["user"],
            password=settings.get("password"),
            dbname=real_db,
            autocommit=True,
        ) as other:
            key = f"campaign round:{saran.schema_name}"
            other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
            send_for_a_while()
            assert server.sent == []
            other.execute("SELECT pg_advisory_unlock_all()")
        send_for_a_while()
        assert len(server.sent) == 1


def test_throttled_for_an_hour_is_not_finished(
    in_saran: Municipality, server: Server, clock: Callable[[timedelta], None]
) -> None:
    campaign = campaign_to(5)
    began, since = sending.timezone.now(), timedelta(0)

    def busy(number: int, message: Any) -> None:
        if len(server.sent) == 2 and sending.timezone.now() - began < timedelta(hours=1):
            raise smtplib.SMTPRecipientsRefused({message.to[0]: (454, b"4.7.0 Too many, wait")})

    server.on_message = busy
    send_for_a_while()
    campaign.refresh_from_db()
    assert (campaign.problem, campaign.code, campaign.state) == (Problem.BUSY, 454, CampaignState.SENDING)
    assert totals(campaign).refused == 0
    while totals(campaign).waiting and since < timedelta(hours=3):
        due = messages_of(send_campaigns).get().due_at
        assert due is not None
        assert due > sending.timezone.now(), "it waits, and does not ask at once"
        step = due - sending.timezone.now() + timedelta(seconds=1)
        since += step
        clock(step)
        send_for_a_while()
    campaign.refresh_from_db()
    assert (len(server.sent), campaign.state, campaign.problem) == (5, CampaignState.SENT, "")
    assert server.asked < 5 + 12, "it asked less and less often"


def test_a_mail_server_that_is_away_for_a_day_loses_nobody(
    in_saran: Municipality, server: Server, clock: Callable[[timedelta], None]
) -> None:
    campaign = campaign_to(3)

    def away() -> None:
        raise ConnectionRefusedError

    server.on_open = away
    for _hour in range(24):
        send_for_a_while()
        clock(timedelta(hours=1, minutes=1))
    campaign.refresh_from_db()
    assert (campaign.problem, campaign.failures, totals(campaign).waiting) == (Problem.AWAY, 24, 3)
    server.on_open = lambda: None
    send_for_a_while()
    campaign.refresh_from_db()
    assert (len(server.sent), campaign.state, campaign.failures) == (3, CampaignState.SENT, 0)


def test_a_connection_that_breaks_makes_one_uncertain(
    in_saran: Municipality, server: Server, clock: Callable[[timedelta], None]
) -> None:
    campaign = campaign_to(3)

    def broken(number: int, message: Any) -> None:
        if number == 2:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    server.on_message = broken
    send_for_a_while()
    assert totals(campaign).waiting == 2
    clock(timedelta(minutes=2))
    send_for_a_while()
    found = totals(campaign)
    assert (found.sent, found.uncertain) == (3, 1)


def test_an_address_that_does_not_exist_is_refused_once_and_never_again(in_saran: Municipality, server: Server) -> None:
    server.on_message = refusing(550, "5.1.1 No such user")
    campaign = campaign_to(1)
    send_for_a_while()
    campaign.refresh_from_db()
    assert (totals(campaign).refused, campaign.state) == (1, CampaignState.SENT)
    assert MailAgreement.objects.get().undeliverable == Recipient.objects.get().user.email  # type: ignore[union-attr]


def test_a_full_mailbox_is_tried_for_two_days_and_then_refused(
    in_saran: Municipality, server: Server, clock: Callable[[timedelta], None]
) -> None:
    server.on_message = refusing(452, "4.2.2 Mailbox full")
    campaign, began = campaign_to(1), sending.timezone.now()
    while totals(campaign).waiting:
        send_for_a_while()
        clock(timedelta(hours=1))
    assert timedelta(days=2) < sending.timezone.now() - began < timedelta(days=4)
    assert server.asked == 8
    assert totals(campaign).refused == 1
    agreement = MailAgreement.objects.get()
    assert (agreement.bounces, agreement.undeliverable) == (1, "")


def test_a_server_that_refuses_everybody_gives_nobody_up(
    in_saran: Municipality, server: Server, clock: Callable[[timedelta], None]
) -> None:
    campaign = campaign_to(25)
    server.on_message = refusing(554, "5.7.1 Relaying denied")
    send_for_a_while()
    campaign.refresh_from_db()
    found = totals(campaign)
    assert (campaign.problem, campaign.code, server.asked) == (Problem.REFUSES, 554, 20)
    assert (found.waiting, found.refused) == (25, 0)
    assert not MailAgreement.objects.exclude(undeliverable="").exists()
    server.on_message = lambda number, message: None
    clock(timedelta(minutes=2))
    send_for_a_while()
    assert totals(campaign).sent == 25


def test_what_answers_mean() -> None:
    refused = {
        (550, "5.1.1 no such user"): Means.BAD_ADDRESS,
        (550, "User unknown"): Means.REFUSED,  # without a code it may be about us
        (550, "5.7.1 spam"): Means.REFUSED,
        (450, "4.2.0 greylisted"): Means.LATER,
        (421, "too many connections"): Means.WAIT,
        (451, "4.7.1 try again later"): Means.WAIT,
    }
    for (code, text), means in refused.items():
        assert answer_to(smtplib.SMTPRecipientsRefused({"a@b.fr": (code, text.encode())})).means == means, text
    assert answer_to(smtplib.SMTPDataError(554, b"5.6.0 no")).means == Means.REFUSED
    assert answer_to(smtplib.SMTPSenderRefused(550, b"5.7.1 not you", "us@b.fr")).means == Means.AWAY
    assert answer_to(TimeoutError()).means == Means.BROKEN
    assert answer_to(UnicodeEncodeError("ascii", "é", 0, 1, "no")).means == Means.REFUSED
    assert answer_to_opening(smtplib.SMTPAuthenticationError(535, b"no")).means == Means.AWAY
    assert answer_to_opening(smtplib.SMTPConnectError(421, b"busy")).means == Means.WAIT


def test_a_city_and_the_fleet_have_their_share_of_the_minute(
    in_saran: Municipality, server: Server, settings: Any, clock: Callable[[timedelta], None]
) -> None:
    cache.clear()
    campaign = campaign_to(7)
    settings.CAMPAIGN_CITY_A_MINUTE, settings.CAMPAIGN_FLEET_A_MINUTE = 5, 1000
    send_for_a_while()
    assert len(server.sent) == 5
    due = messages_of(send_campaigns).get().due_at
    assert due is not None
    assert timedelta(0) < due - sending.timezone.now() <= timedelta(seconds=61)
    campaign.refresh_from_db()
    assert campaign.problem == ""
    settings.CAMPAIGN_FLEET_A_MINUTE = 1
    clock(timedelta(minutes=1))
    send_for_a_while()
    assert len(server.sent) == 6
    clock(timedelta(minutes=1))
    settings.CAMPAIGN_CITY_A_MINUTE = settings.CAMPAIGN_FLEET_A_MINUTE = 0  # no limit
    send_for_a_while()
    assert len(server.sent) == 7


def test_a_city_whose_pages_nobody_reads_writes_to_nobody(in_saran: Municipality, server: Server) -> None:
    campaign = campaign_to(1)
    put(in_saran, LifecycleState.SUSPENDED)
    send_for_a_while()
    assert server.sent == []
    assert totals(campaign).waiting == 1
    due: datetime | None = messages_of(send_campaigns).get().due_at
    assert due is not None
    assert due > timezone.now() + timedelta(minutes=30)


def test_one_that_is_stopped_while_a_message_is_in_flight_leaves_nobody_waiting(
    in_saran: Municipality, server: Server
) -> None:
    campaign = campaign_to(2)

    def stopped_meanwhile(number: int, message: Any) -> None:
        stop(campaign=campaign, by=agreeing(), at=timezone.now())
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (450, b"4.2.0 Later")})

    server.on_message = stopped_meanwhile
    send_for_a_while()
    found = totals(campaign)
    assert (found.stopped, found.waiting, server.asked) == (2, 0, 1)
    assert not messages_of(send_campaigns).exists()


def test_what_is_written_into_one_message_reads_as_one_made_anew(in_saran: Municipality) -> None:
    body = "{bonjour}\n\nVenez à dix heures.\n.\n{lien}\n"
    made = composed(CampaignFactory(body=body), city=in_saran)
    given: dict[str, Any] = {
        "recipient_hex": "0" * 32,
        "user_id": 7,
        "public_name": "Mésange <b> & Cie",
        "generation": 1,
    }

    def parts(message: Any) -> list[tuple[str, str]]:
        found = message_from_bytes(message.message().as_bytes(linesep="\r\n"))
        said = [(name, value.strip()) for name, value in found.items() if name not in ("Date", "Content-Type")]
        return said + [
            (part.get_content_type(), part.get_payload(decode=True).decode().replace("\r\n", "\n"))
            for part in found.walk()
            if not part.is_multipart()
        ]

    quick = message_for(made, email="une.personne@exemple.fr", **given)
    assert quick.written  # type: ignore[attr-defined]
    made_anew = composed(CampaignFactory(body=body), city=in_saran)
    made_anew.__dict__["pieces"] = []
    anew = message_for(made_anew, email="une.personne@exemple.fr", **given)
    assert not hasattr(anew, "written")
    assert parts(quick) == parts(anew)
    # What could not be written as it is is made anew.
    assert not hasattr(message_for(made, email='"a b"@exemple.fr', **given), "written")
    long = composed(CampaignFactory(body="{bonjour} " + "mot " * 600), city=in_saran)
    assert "Mésange <b> & Cie" in parts(message_for(long, email="une.personne@exemple.fr", **given))[-2][1]


def test_what_stands_behind_a_link_is_in_both_its_texts(in_saran: Municipality) -> None:
    made = composed(CampaignFactory(body="Le plan (voir https://saran.fr/plan). Venez !"), city=in_saran)
    assert "(voir https://saran.fr/plan). Venez !" in made.body
    assert ">https://saran.fr/plan</a>). Venez !" in made.html
