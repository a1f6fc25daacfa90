"""Lists, a page at a time."""

from collections.abc import Iterable, Iterator
from typing import Any

from deploy.local.fake_stripe.fake import EVENTS_KEPT, Fake, Object, answers
from deploy.local.fake_stripe.refusals import Refused, missing_object

COMPARED = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}
PAGING = {"limit", "starting_after", "ending_before"}


def listed(found: Iterable[Object], params: dict[str, Any], url: str) -> Object:
    """One page of what passes the parameters: those of paging apart, each names a field and the value it must have."""
    passing = [each for each in found if all(_passes(each, name, value) for name, value in params.items())]
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refused("Limit must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    if before := params.get("ending_before"):
        earlier = passing[: _place(passing, before, "ending_before")]
        page, more = earlier[-limit:], len(earlier) > limit
    else:
        start = _place(passing, params["starting_after"], "starting_after") + 1 if "starting_after" in params else 0
        page, more = passing[start : start + limit], len(passing) > start + limit
    return {"object": "list", "url": url, "has_more": more, "data": page}


def whole_list(found: list[Object], url: str) -> Object:
    """As Stripe puts a short list inside an object."""
    return {"object": "list", "url": url, "has_more": False, "data": found}


def _place(found: list[Object], number: str, param: str) -> int:
    for place, each in enumerate(found):
        if each["id"] == number:
            return place
    raise missing_object("object", number, param)


def _passes(found: Object, name: str, wanted: Any) -> bool:
    if name in PAGING:
        return True
    value = found.get(name, found.get(f"_{name}"))
    if isinstance(wanted, dict):
        return value is not None and all(COMPARED[how](value, bound) for how, bound in wanted.items())
    return bool(value == wanted)


@answers("get", "/v1/events")
def list_events(fake: Fake, params: dict[str, Any]) -> Object:
    params, kinds = dict(params), params.get("types", [])
    kind = params.pop("type", None)
    params.pop("types", None)

    def wanted() -> Iterator[Object]:
        for event in reversed(fake.state.events):
            if event["created"] <= fake.now - EVENTS_KEPT:
                return
            matches = kind is None or event["type"] == kind or (kind[-1] == "*" and event["type"].startswith(kind[:-1]))
            if matches and (not kinds or event["type"] in kinds):
                yield event

    return listed(wanted(), params, "/v1/events")


@answers("get", "/v1/events/{id}")
def retrieve_event(fake: Fake, params: dict[str, Any], id: str) -> Object:
    for event in fake.state.events:
        if event["id"] == id:
            return event
    raise missing_object("event", id)
