"""The fake's events on their way, what moves it by hand, and what it keeps."""

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from billing.clients import money, stripe
from billing.clients.errors import Busy, Missing
from deploy.local.fake_stripe.fake import Dropped, Failure, Fake
from tests.billing import fake as a
from tests.billing.fake import FakeStripe, opener


class Listener(BaseHTTPRequestHandler):
    seen: list[tuple[str, str]] = []
    answer = 200

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((json.loads(body)["id"], self.headers["Host"]))
        self.send_response(type(self).answer)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def platform(fake_stripe: FakeStripe) -> Any:
    """Where the fake sends its events, instead of ours."""
    Listener.seen, Listener.answer = [], 200
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    fake_stripe.sender.url = f"http://territoires.localhost:{listening.server_port}/stripe/webhook/"
    yield Listener
    listening.shutdown()
    listening.server_close()


def control(fake_stripe: FakeStripe, name: str, **given: Any) -> Any:
    request = urllib.request.Request(f"{fake_stripe.address}/_fake/{name}", json.dumps(given).encode())
    request.add_header("Content-Type", "application/json")
    return json.load(opener().open(request))


def test_events_are_sent_in_order_then_late_doubled_shuffled_and_again(fake_stripe: FakeStripe, platform: Any) -> None:
    a.subscription()
    ids = [event["id"] for event in fake_stripe.fake.state.events]
    control(fake_stripe, "webhooks", held=True)
    assert platform.seen == []
    control(fake_stripe, "webhooks", held=False)
    assert [number for number, _host in platform.seen] == ids
    assert platform.seen[0][1].startswith("territoires.localhost:")

    platform.seen.clear()
    control(fake_stripe, "webhooks", again=[ids[0]])
    assert [number for number, _host in platform.seen] == [ids[0]]

    platform.seen.clear()
    control(fake_stripe, "webhooks", held=True, copies=2, shuffled=True)
    control(fake_stripe, "clock", days=800)
    told = control(fake_stripe, "webhooks", held=False)["answered"]
    late = [event["id"] for event in fake_stripe.fake.state.events][len(ids) :]
    assert Counter(number for number, _host in platform.seen) == dict.fromkeys(late, 2)
    assert [number for number, _status in told] != [number for number in late for _ in range(2)]


def test_an_event_that_was_not_taken_is_sent_again(fake_stripe: FakeStripe, platform: Any) -> None:
    platform.answer = 500
    a.customer()
    assert {status for _number, status in fake_stripe.sender.send()} == {500}
    assert fake_stripe.sender.send() == []
    platform.answer = 200
    fake_stripe.sender._waiting = dict.fromkeys(fake_stripe.sender._waiting, (1, 0.0))
    assert {status for _number, status in fake_stripe.sender.send()} == {200}
    assert fake_stripe.fake.state.unsent == []


def test_it_is_moved_by_hand_but_by_no_web_page(fake_stripe: FakeStripe) -> None:
    customer = a.customer()
    iban = money.bank_account(customer.id).iban
    control(fake_stripe, "transfer", iban=iban, amount=1_000, reference="x")
    assert stripe.retrieve_customer(customer.id).cash == 1_000
    control(fake_stripe, "fail", how="429", on="post /v1/products")
    with pytest.raises(Busy):
        a.price()
    control(fake_stripe, "card", customer=customer.id, card="good")
    state = json.load(opener().open(f"{fake_stripe.address}/_fake/"))
    assert state["objects"]["customer"] == 1

    form = urllib.request.Request(f"{fake_stripe.address}/_fake/reset", b"{}")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        opener().open(form)
    stranger = urllib.request.Request(f"{fake_stripe.address}/_fake/", headers={"Host": "stripe.attacker.example"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        opener().open(stranger)
    control(fake_stripe, "reset")
    with pytest.raises(Missing):
        stripe.retrieve_customer(customer.id)


def test_what_it_has_is_there_after_a_restart(tmp_path: Path) -> None:
    kept = tmp_path / "stripe.json"
    first = Fake(at=1_800_000_000, file=kept)
    first.call("post", "/v1/customers", {"name": "Saran"}, "key")
    second = Fake(file=kept)
    assert second.now == 1_800_000_000
    assert second.call("post", "/v1/customers", {"name": "Saran"}, "key")[2]
    assert [each["name"] for each in second.all("customer")] == ["Saran"]


def test_a_lost_connection_is_no_answer() -> None:
    fake = Fake()
    fake.failures.append(Failure("lost_before"))
    with pytest.raises(Dropped):
        fake.call("post", "/v1/customers", {})


def test_without_a_frozen_clock_it_goes_as_the_real_one_does_and_jumps_ahead() -> None:
    fake = Fake()
    before = fake.now
    fake.advance(to=before + 86_400)
    assert 86_400 <= fake.now - before < 86_460
