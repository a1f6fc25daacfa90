"""The fake's door: Stripe's addresses, the page where one pays, and `/_fake/`, by which it is moved.

POST /_fake/clock     {"to": seconds since 1970} or {"days": 30, "hours": 1}
POST /_fake/fail      {"how": "lost_after", "on": "post /v1/subscriptions", "times": 1, "skip": 0}; `Failure` says more
POST /_fake/transfer  {"customer": "cus_…"} or {"iban": "FR…"}, with "amount" in cents and "reference"
POST /_fake/card      {"customer": "cus_…", "card": "good" | "refused" | null}
POST /_fake/webhooks  {"copies": 2, "shuffled": true, "held": false, "url": "http://…", "again": ["evt_…"]}
POST /_fake/reset     {} or {"ahead": seconds}: below zero, the new account begins in the past
GET  /_fake/          where the clock stands, and what is there
"""

import json
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, urlsplit

from deploy.local.fake_stripe import checkout, contract, credits, customers, invoice_calls, lists, money, subscriptions
from deploy.local.fake_stripe.fake import DAY, HOUR, Dropped, Failure, Fake
from deploy.local.fake_stripe.forms import decode
from deploy.local.fake_stripe.refusals import Refused
from deploy.local.fake_stripe.webhooks import Sender

# They register what they answer.
SUBJECTS = (checkout, credits, customers, invoice_calls, lists, money, subscriptions)
LOOPBACK = ("127.0.0.1", "localhost")


class Server(ThreadingHTTPServer):
    """A fake that answers on 127.0.0.1, to whoever shows its key."""

    daemon_threads = True

    def __init__(self, fake: Fake, sender: Sender, *, key: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.fake, self.sender, self.key = fake, sender, key
        fake.address = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses hold names of customers."""

    def do_GET(self) -> None:
        self._answer("get")

    def do_POST(self) -> None:
        self._answer("post")

    def do_DELETE(self) -> None:
        self._answer("delete")

    def _answer(self, verb: str) -> None:
        address = urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        try:
            if self.headers.get("Host", "").partition(":")[0] not in LOOPBACK:
                self._say(403, {})
            elif address.path.startswith("/v1/"):
                self._call(verb, address.path, text or address.query)
            elif address.path.startswith("/checkout/"):
                self._checkout(verb, address.path.removeprefix("/checkout/"), text)
            elif address.path.startswith("/_fake/"):
                self._control(verb, address.path.removeprefix("/_fake/"), text)
            else:
                self._say(404, {})
        except Refused as refusal:
            self._say(refusal.status, refusal.body)
        except Dropped:
            self.close_connection = True
        except Exception:
            traceback.print_exc()
            self._say(500, Refused("The fake itself is wrong: see its log.", kind="api_error").body)

    def _call(self, verb: str, path: str, text: str) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.server.key}":
            raise Refused("Invalid API Key provided", status=401)
        version = self.headers.get("Stripe-Version")
        if version != contract.VERSION:
            raise Refused(f"This fake speaks version {contract.VERSION}, not {version}.")
        key = self.headers.get("Idempotency-Key") if verb == "post" else None
        status, body, again = self.server.fake.call(verb, path, decode(text), key)
        self._say(status, body, {"Idempotent-Replayed": "true"} if again else {})

    def _checkout(self, verb: str, number: str, text: str) -> None:
        fake = self.server.fake
        with fake.lock:
            fake.live()
            if verb == "post":
                card = parse_qs(text).get("card", [""])[0]
                goes_to = checkout.pay(fake, number, card)
                fake.save()
                if goes_to:
                    self._send(303, b"", {"Location": goes_to})
                    return
            page = checkout.page(fake, number, refused=verb == "post")
        self._send(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _control(self, verb: str, name: str, text: str) -> None:
        fake = self.server.fake
        if verb == "get":
            with fake.lock:
                kinds = {kind: len(numbers) for kind, numbers in fake.state.numbers.items()}
                self._say(200, {"now": fake.now, "objects": kinds, "unsent": len(fake.state.unsent)})
            return
        # No form of a web page can send it.
        if self.headers.get_content_type() != "application/json" or name not in CONTROLS:
            self._say(404, {})
            return
        given = json.loads(text or "{}")
        with fake.lock:
            answer = CONTROLS[name](self.server, given)
            fake.save()
        if name == "webhooks":
            answer = {"answered": self.server.sender.send()}
        self._say(200, answer or {"now": fake.now})

    def _say(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        said = {"Content-Type": "application/json", "Request-Id": f"req_{token_hex(7)}", **(headers or {})}
        self._send(status, json.dumps(body).encode(), said)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _clock(server: Server, given: dict[str, Any]) -> None:
    further = int(given.get("days", 0) * DAY + given.get("hours", 0) * HOUR)
    server.fake.advance(to=int(given["to"]) if "to" in given else server.fake.now + further)


def _fail(server: Server, given: dict[str, Any]) -> None:
    server.fake.failures.append(Failure(**given))


def _transfer(server: Server, given: dict[str, Any]) -> dict[str, Any]:
    server.fake.live()
    return money.receive(server.fake, **given)


def _card(server: Server, given: dict[str, Any]) -> None:
    server.fake.get("customer", given["customer"])["_card"] = given["card"]


def _webhooks(server: Server, given: dict[str, Any]) -> None:
    server.fake.state.unsent.extend(given.pop("again", []))
    for name in given.keys() & {"copies", "shuffled", "held", "url"}:
        setattr(server.sender, name, given[name])


def _reset(server: Server, given: dict[str, Any]) -> None:
    server.fake.reset(**given)


CONTROLS: dict[str, Callable[[Server, dict[str, Any]], dict[str, Any] | None]] = {
    "card": _card,
    "clock": _clock,
    "fail": _fail,
    "reset": _reset,
    "transfer": _transfer,
    "webhooks": _webhooks,
}
