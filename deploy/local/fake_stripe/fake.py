"""The account that the fake keeps: its objects, its clock, its events, and how a call is answered."""

import hashlib
import heapq
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.fake_stripe import contract
from deploy.local.fake_stripe.refusals import Refused, missing_object, not_in_this_fake

Object = dict[str, Any]
HOUR, DAY = 3600, 86400
# For how long a key makes a call the same call: later it is a new one, as with Stripe.
KEY_LIFETIME = DAY
EVENTS_KEPT = 30 * DAY

_answers: dict[tuple[str, str], Callable[..., Object]] = {}
_moments: dict[str, Callable[..., None]] = {}


def answers(verb: str, path: str) -> Callable[[Callable[..., Object]], Callable[..., Object]]:
    """What answers a call: given the fake, the parameters as the contract has read them, and the names in the path."""

    def register(function: Callable[..., Object]) -> Callable[..., Object]:
        _answers[verb, path] = function
        return function

    return register


def moment(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """What happens to an object at its time (`Fake.plan`). It may happen twice or too late: look at the object."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        _moments[name] = function
        return function

    return register


class Dropped(Exception):
    """The connection ends without an answer."""


@dataclass
class Failure:
    """Of the next calls: `how` is lost_before, lost_after, 409, 429, 500, 500_after or slow (a second)."""

    how: str
    on: str = ""  # "post /v1/subscriptions"; any call, where it is empty
    times: int = 1
    skip: int = 0


@dataclass
class State:
    """All that is kept, and written to the file where there is one."""

    objects: dict[str, Object] = field(default_factory=dict)
    numbers: dict[str, list[str]] = field(default_factory=dict)  # by kind, in the order in which they were made
    owned: dict[str, list[str]] = field(default_factory=dict)  # by customer, in that order too
    counts: dict[str, int] = field(default_factory=dict)
    events: list[Object] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    agenda: list[tuple[int, int, str, str]] = field(default_factory=list)
    frozen_at: int | None = None
    ahead: int = 0  # of the real clock, in seconds, where it is not frozen


class Fake:
    """Stripe's account. Several threads may call it; one at a time is answered.

    `at` freezes its clock, which then moves by `advance` alone; without, it goes as the real one does.
    `file` keeps what is there from one run to the next.
    """

    def __init__(self, *, address: str = "", at: int | None = None, file: Path | None = None) -> None:
        self.address = address
        self.file = file
        self.lock = threading.RLock()
        self.failures: list[Failure] = []
        self.state = State(frozen_at=at)
        if file and file.exists():
            self.state = State(**json.loads(file.read_text()))
            self.state.agenda = [(at, order, name, number) for at, order, name, number in self.state.agenda]
        self._living_at: int | None = None

    # The clock

    @property
    def now(self) -> int:
        if self._living_at is not None:
            return self._living_at
        return self._end_of_now()

    def _end_of_now(self) -> int:
        return int(time.time()) + self.state.ahead if self.state.frozen_at is None else self.state.frozen_at

    def plan(self, at: int, name: str, number: str) -> None:
        heapq.heappush(self.state.agenda, (at, self._count("plan"), name, number))

    def advance(self, *, to: int) -> None:
        """Live until `to` (seconds since 1970): all that was due by then happens, in its order, at its time."""
        with self.lock:
            if to < self.now:
                raise Refused("The clock cannot go back.", param="now")
            if self.state.frozen_at is None:
                self.state.ahead += to - self.now
            else:
                self.state.frozen_at = to
            self.live()

    def live(self) -> None:
        with self.lock:
            end = self._end_of_now()
            while self.state.agenda and self.state.agenda[0][0] <= end:
                at, _order, name, number = heapq.heappop(self.state.agenda)
                if number in self.state.objects:
                    self._living_at = at
                    try:
                        _moments[name](self, self.state.objects[number])
                    finally:
                        self._living_at = None

    # Objects

    def new(self, prefix: str, kind: str, **fields: Any) -> Object:
        number = f"{prefix}_fake{self._count(prefix):06d}"
        found = {"id": number, "object": kind, "created": self.now, "livemode": False, **fields}
        self.state.objects[number] = found
        self.state.numbers.setdefault(kind, []).append(number)
        if fields.get("customer"):
            self.state.owned.setdefault(fields["customer"], []).append(number)
        return found

    def get(self, kind: str, number: Any, param: str = "id") -> Object:
        found = self.state.objects.get(number) if isinstance(number, str) else None
        if found is None or found["object"] != kind:
            raise missing_object(kind, str(number), param)
        return found

    def all(self, kind: str) -> Iterator[Object]:
        """The newest first."""
        return (self.state.objects[number] for number in reversed(self.state.numbers.get(kind, [])))

    def owned(self, customer: str, kind: str) -> Iterator[Object]:
        """Of one customer, the newest first."""
        found = (self.state.objects[number] for number in reversed(self.state.owned.get(customer, [])))
        return (each for each in found if each["object"] == kind)

    def remove(self, found: Object) -> None:
        del self.state.objects[found["id"]]
        self.state.numbers[found["object"]].remove(found["id"])
        self.state.owned[found["customer"]].remove(found["id"])

    def next_number(self, series: str) -> int:
        return self._count(f"number:{series}")

    def _count(self, what: str) -> int:
        self.state.counts[what] = self.state.counts.get(what, 0) + 1
        return self.state.counts[what]

    def emit(self, kind: str, about: Object, previous: Object | None = None) -> None:
        data: Object = {"object": bare(about)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": f"evt_fake{self._count('evt'):06d}",
            "object": "event",
            "api_version": contract.VERSION,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.state.events.append(event)
        self.state.unsent.append(event["id"])

    @contextmanager
    def changes(self, about: Object, kind: str) -> Iterator[None]:
        """Announce with `kind` what the block changes of an object; nothing, where it changes nothing."""
        before = bare(about)
        yield
        after = bare(about)
        previous = {name: before.get(name) for name in after if before.get(name) != after[name]}
        if previous:
            self.emit(kind, about, previous)

    # Calls

    def call(self, verb: str, path: str, given: dict[str, Any], key: str | None = None) -> tuple[int, Object, bool]:
        """Answer: a status, a body, and whether an earlier answer is given again. Raises Dropped."""
        with self.lock:
            self.live()
            failure = self._failure(verb, path)
            print_of_call = hashlib.sha256(json.dumps([verb, path, given], sort_keys=True).encode()).hexdigest()
            known = self._known(key, print_of_call) if key else None
            if known:
                return known
            if failure == "lost_before":
                raise Dropped
            if failure in ("409", "429"):
                return int(failure), _busy(failure), False
            try:
                answer, params, names = self._find(verb, path, given)
            except Refused as refusal:
                return refusal.status, refusal.body, False
            if key:
                self.state.keys[key] = {"print": print_of_call, "at": self.now, "answer": None}
        if failure == "slow":
            time.sleep(1)
        with self.lock:
            status, body = self._do(answer, params, names, failure)
            if key:
                self.state.keys[key]["answer"] = [status, body]
            self.save()
        if failure == "lost_after":
            raise Dropped
        return status, body, False

    def _known(self, key: str, print_of_call: str) -> tuple[int, Object, bool] | None:
        known = self.state.keys.get(key)
        if known is None or known["at"] + KEY_LIFETIME <= self.now:
            return None
        if known["print"] != print_of_call:
            said = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            return 400, Refused(said, kind="idempotency_error").body, False
        if known["answer"] is None:
            said = "There is currently another in-progress request using this Idempotent Key."
            refusal = Refused(said, kind="idempotency_error", code="idempotency_key_in_use", status=409)
            return 409, refusal.body, False
        status, body = known["answer"]
        return status, body, True

    def _find(
        self, verb: str, path: str, given: dict[str, Any]
    ) -> tuple[Callable[..., Object], dict[str, Any], dict[str, str]]:
        fitting = [
            (route, match.groupdict())
            for route in contract.routes().values()
            if route.verb == verb and (match := route.fits.fullmatch(path))
        ]
        if not fitting:
            said = f"Unrecognized request URL ({verb.upper()}: {path})."
            raise Refused(said, status=404)
        route, names = min(fitting, key=lambda each: len(each[1]))
        if (verb, route.path) not in _answers:
            raise not_in_this_fake(f"{verb} {route.path}")
        return _answers[verb, route.path], contract.check(route, given), names

    def _do(
        self, answer: Callable[..., Object], params: dict[str, Any], names: dict[str, str], failure: str
    ) -> tuple[int, Object]:
        if failure == "500":
            return 500, _broken()
        wanted = params.pop("expand", [])
        try:
            found = answer(self, params, **names)
            body = bare(expanded(self, found, wanted))
        except Refused as refusal:
            return refusal.status, refusal.body
        return (500, _broken()) if failure == "500_after" else (200, body)

    def _failure(self, verb: str, path: str) -> str:
        for failure in self.failures:
            if failure.on in ("", f"{verb} {path}") and failure.times:
                if failure.skip:
                    failure.skip -= 1
                    continue
                failure.times -= 1
                return failure.how
        return ""

    # Keeping

    def save(self) -> None:
        if self.file:
            unfinished = self.file.with_suffix(".new")
            unfinished.write_text(json.dumps(asdict(self.state)))
            unfinished.replace(self.file)

    def reset(self, *, at: int | None = None, ahead: int = 0) -> None:
        """A new account: nothing is left of the last one. Below zero, `ahead` has it begin in the past."""
        with self.lock:
            self.state = State(frozen_at=at, ahead=ahead)
            self.failures.clear()
            self.save()


def bare(found: Any) -> Any:
    """A copy without what the fake remembers for itself."""
    if isinstance(found, dict):
        return {name: bare(value) for name, value in found.items() if not name.startswith("_")}
    if isinstance(found, list):
        return [bare(each) for each in found]
    return found


def expanded(fake: Fake, found: Object, wanted: list[str]) -> Object:
    """A copy in which numbers of objects, or what is left out unless asked for, are the objects themselves."""
    if wanted:
        found = deepcopy(found)
    for path in wanted:
        _expand(fake, found, path.split("."), path)
    return found


def _expand(fake: Fake, found: Any, path: list[str], whole: str) -> None:
    if isinstance(found, list):
        for each in found:
            _expand(fake, each, path, whole)
        return
    name, *rest = path
    if isinstance(found, dict) and name not in found and f"_{name}" in found:
        found[name] = deepcopy(found[f"_{name}"])
    if not isinstance(found, dict) or name not in found:
        raise Refused(f"This property cannot be expanded ({whole}).", param="expand")
    if isinstance(found[name], str):
        if found[name] not in fake.state.objects:
            raise Refused(f"This property cannot be expanded ({whole}).", param="expand")
        found[name] = deepcopy(fake.state.objects[found[name]])
    if rest and found[name] is not None:
        _expand(fake, found[name], rest, whole)


def _busy(failure: str) -> Object:
    if failure == "429":
        return Refused("Too many requests.", code="rate_limit").body
    return Refused("This object cannot be accessed right now: another request holds it.", code="lock_timeout").body


def _broken() -> Object:
    return Refused("An unknown error occurred", kind="api_error").body
