"""What the fake answers when it refuses, in Stripe's words."""

from typing import Any


class Refused(Exception):
    """An error of Stripe's API: an HTTP status and the body that goes with it."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "code": code, "param": param, "message": message}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {name: value for name, value in self.error.items() if value is not None}}


def missing_object(kind: str, number: str, param: str = "id") -> Refused:
    return Refused(f"No such {kind}: '{number}'", code="resource_missing", param=param, status=404)


def missing_parameter(param: str) -> Refused:
    return Refused(f"Missing required param: {param}.", code="parameter_missing", param=param)


def not_in_this_fake(what: str) -> Refused:
    """Something that Stripe does and the fake does not: better an error than a wrong answer."""
    return Refused(f"The fake does not do this: {what}", code="not_in_this_fake", status=501, kind="api_error")
