"""Events on their way to the platform: signed as Stripe signs them, to this machine only."""

import hashlib
import hmac
import http.client
import json
import random
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from deploy.local.fake_stripe.fake import Fake, Object

PATIENCE_SECONDS = 10
# What was not taken is sent again after so long, so often.
WAITS = (1, 5, 30, 120, 600)


@dataclass
class Sender:
    """Sends a fake's events to `url`, which is reached on the loopback whatever its host's name.

    `copies` of each, `shuffled` or in the order in which they happened; nothing at all while `held`.
    """

    fake: Fake
    url: str
    secret: str
    copies: int = 1
    shuffled: bool = False
    held: bool = False
    _waiting: dict[str, tuple[int, float]] = field(default_factory=dict)

    def send(self) -> list[tuple[str, int]]:
        """Send what is due. Returns the events with the status that each copy was answered with; 0: nobody answered."""
        if self.held or not self.url:
            return []
        with self.fake.lock:
            due = [number for number in self.fake.state.unsent if self._waiting.get(number, (0, 0.0))[1] <= time.time()]
            events = {event["id"]: event for event in self.fake.state.events if event["id"] in set(due)}
        copies = [number for number in due for _ in range(self.copies)]
        if self.shuffled:
            random.shuffle(copies)
        told = [(number, self.post(events[number])) for number in copies]
        taken = {number for number, status in told if 200 <= status < 300}
        with self.fake.lock:
            for number in due:
                self._note(number, taken=number in taken)
            self.fake.save()
        return told

    def _note(self, number: str, *, taken: bool) -> None:
        tries = self._waiting.get(number, (0, 0.0))[0]
        if taken or tries == len(WAITS):
            self.fake.state.unsent.remove(number)
            self._waiting.pop(number, None)
        else:
            self._waiting[number] = tries + 1, time.time() + WAITS[tries]

    def post(self, event: Object) -> int:
        body, address = json.dumps(event).encode(), urlsplit(self.url)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Host": address.netloc,
            "Stripe-Signature": signature(body, self.secret),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        connection = http.client.HTTPConnection("127.0.0.1", address.port or 80, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", address.path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        return answer.status


def signature(body: bytes, secret: str, at: int | None = None) -> str:
    """The header of a webhook. Its time is the real one, wherever the fake's clock stands."""
    at = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"
