"""What goes wrong, as RFC 9457 says it: `application/problem+json`, a code for programs and a sentence for people."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.limits import TooMany, seconds_until
from common.refusals import Refusal

MEDIA_TYPE = "application/problem+json"
# Of each status: its code, its name, and what is said where nobody says more.
STATUSES: dict[int, tuple[str, Any, Any]] = {
    400: ("bad_request", _("Bad request"), _("The request cannot be read as it was sent.")),
    401: ("unauthenticated", _("No valid key"), _("This asks for a key, in the header Authorization.")),
    403: ("forbidden", _("Not allowed"), _("This key may not do that.")),
    404: ("not_found", _("Not found"), _("There is nothing at this address that you may see.")),
    405: ("method_not_allowed", _("Method not allowed"), _("This address does not take that method.")),
    406: ("not_acceptable", _("Not acceptable"), _("Answers are in JSON only.")),
    409: ("conflict", _("Refused"), _("This cannot be done now.")),
    410: ("gone", _("Gone"), _("This is no longer there.")),
    413: ("too_large", _("Too large"), _("What was sent is too large: 1 MB at most.")),
    415: ("unsupported_media_type", _("Unsupported media type"), _("Send JSON: Content-Type: application/json.")),
    422: ("invalid", _("Invalid"), _("Some fields are missing or cannot be taken as they are.")),
    429: ("too_many", _("Too many requests"), _("Too many requests in a short time. Try again later.")),
    500: ("server_error", _("Server error"), _("Something failed on our side. We have been told.")),
    503: ("unavailable", _("Unavailable"), _("The platform does not answer at the moment. Try again in two minutes.")),
}

# Codes that say more than their status, as the page of the API explains them. Of others `type` leads to their status.
EXPLAINED: dict[str, tuple[int, Any]] = {
    "invalid_parameters": (400, _("A parameter of the address is unknown, or cannot be taken: `errors` names it.")),
    "invalid_key": (401, _("This key does not hold here: unknown, over, taken away, or of another platform.")),
    "scope_missing": (
        403,
        _("The key was not given the scope that this asks for, or its person’s role no longer has it."),
    ),
    "account_suspended": (403, _("The account is suspended: its keys read, and write nothing.")),
    "saved_meanwhile": (
        409,
        _("Somebody saved meanwhile. Read what is there now, then send yours with the `revision` that you read."),
    ),
}
# Ends sentences of refusals that are written for pages.
_IN_PAGE = _("Your text is kept in the page.")

# What pages of refusal say in their headers, which the problem says too.
_KEPT = ("Allow", "Retry-After", "RateLimit", "RateLimit-Policy")


def problem(
    status: int,
    *,
    code: str = "",
    detail: object = "",
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """`errors`: what is wrong with each field, by its pointer in what was sent, or by its parameter in the address."""
    usual, title, said = STATUSES.get(status, STATUSES[400])
    code = code or usual
    body: dict[str, Any] = {
        "type": f"/api/#{code if code in EXPLAINED else usual}",
        "title": str(title),
        "status": status,
        "code": code,
        "detail": str(detail or said),
    }
    if errors:
        body["errors"] = errors
    said_plainly = {"ensure_ascii": False}  # French as it is read
    answer = JsonResponse(
        body, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}), json_dumps_params=said_plainly
    )
    answer.headers.setdefault("Cache-Control", "no-store")
    # Told by the log line of its request; to Django each would be a warning or an error of its own.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def refused(refusal: Refusal, *, fields: Mapping[str, str] | None = None) -> HttpResponse:
    """The one mapping of what services refuse. `fields`: for codes that are about one field, its name."""
    headers = {}
    if isinstance(refusal, TooMany):
        headers["Retry-After"] = str(seconds_until(refusal.retry_at, at=timezone.now()))
    detail = str(refusal.message).removesuffix(str(_IN_PAGE)).rstrip()
    if not detail and refusal.code in EXPLAINED:
        detail = str(EXPLAINED[refusal.code][1])
    about = (fields or {}).get(refusal.code)
    named = getattr(refusal, "fields", None) or ({about: detail} if about else {})
    errors = [{"pointer": f"#/{name}", "detail": str(words)} for name, words in named.items()]
    return problem(refusal.status, code=refusal.code, detail=detail, errors=errors, headers=headers)


def as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A page that says what went wrong, said as a problem; what is a problem already, or none, as it is."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    code, detail = getattr(response, "says", ("", ""))
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return problem(response.status_code, code=code, detail=detail, headers=kept)
