"""The door of the API: no cookies, a key in its header, problems instead of pages; readable from any site."""

from collections.abc import Callable
from contextlib import nullcontext
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from accounts.audit import acting_through
from common.limits import network_of
from common.requests import is_api
from common.visitors import client_address
from rest.limits import PERIOD, REQUESTS_A_MINUTE, WRONG_KEYS_A_MINUTE, Budget, count_request, is_spent
from rest.models import Token
from rest.problems import EXPLAINED, as_problem, problem
from rest.services.tokens import note_use, token_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_SEEN_GOOD = 3600  # seconds
_READ = ("GET", "HEAD")
TAKEN = (*_READ, "POST", "PUT", "PATCH", "DELETE")
_EXPOSED = "ETag, RateLimit, RateLimit-Policy, Retry-After"


class DoorMiddleware:
    """Around all that may answer with a page. What it cannot read it refuses before anything else looks at it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        if request.method == "OPTIONS":
            return _readable(HttpResponse(status=204, headers={"Allow": ", ".join(("OPTIONS", *TAKEN))}))
        # A session is no key: what a browser sends by itself never acts here, and so needs no token against forgery.
        # With a key one reads what one has just written (common.pagecache).
        has_key = "HTTP_AUTHORIZATION" in request.META
        request.COOKIES = {settings.WROTE_COOKIE_NAME: "1"} if has_key else {}
        try:
            if request.method not in _READ:
                request.body  # noqa: B018 (read once, so that what is too large is refused here)
        except RequestDataTooBig:
            return problem(413)
        response = as_problem(request, self.get_response(request))
        response.cookies.clear()
        return _readable(response) if request.method in _READ else response


def _readable(response: HttpResponseBase) -> HttpResponseBase:
    """By scripts of any site, without anybody's key: only what everybody may read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if response.status_code == 204:
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = "Accept, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


class KeyMiddleware:
    """Who asks, and how often. Where pages have PersonMiddleware, so that all that stands after it holds here, too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        request.user = AnonymousUser()
        request.api_token = None  # type: ignore[attr-defined]
        network = network_of(client_address(request))
        if "HTTP_AUTHORIZATION" in request.META:
            # Too many that do not hold: only those that have just been seen to are looked up.
            mark = f"api-good-{blake2b(request.META['HTTP_AUTHORIZATION'].encode(), digest_size=16).hexdigest()}"
            is_tried = is_spent(f"wrong-{network}", most=WRONG_KEYS_A_MINUTE) and cache.get(mark) is None
            token = None if is_tried else _token(request)
            if token is None:
                return _unknown(network)
            budget = count_request(f"key-{token.pk}", most=REQUESTS_A_MINUTE)
            if budget.used == 1:
                cache.set(mark, 1, _SEEN_GOOD)
            request.user, request.api_token = token.user, token  # type: ignore[attr-defined]
        else:
            token, budget = None, count_request(network, most=REQUESTS_A_MINUTE)
        if budget.is_over:
            return _too_many(budget)
        with acting_through(token.pk) if token is not None else nullcontext():
            response = self.get_response(request)
        _say_budget(response, budget)
        return _conditional(request, response)


def _token(request: HttpRequest) -> Token | None:
    kind, _space, secret = request.META["HTTP_AUTHORIZATION"].partition(" ")
    at = timezone.now()
    found = token_of(secret.strip(), at=at) if kind.lower() == "bearer" else None
    city: Any = getattr(request, "tenant", None)
    if found is not None and getattr(city, "moved_at", None) is None:  # one that has moved away writes nothing at all
        note_use(found, at=at)
    return found


def _unknown(network: str) -> HttpResponse:
    tried = count_request(f"wrong-{network}", most=WRONG_KEYS_A_MINUTE)
    if tried.is_over:
        return _too_many(tried)
    said = EXPLAINED["invalid_key"][1]
    headers = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}
    return problem(401, code="invalid_key", detail=said, headers=headers)


def _too_many(budget: Budget) -> HttpResponse:
    answer = problem(429, headers={"Retry-After": str(budget.seconds_left)})
    _say_budget(answer, budget)
    return answer


def _say_budget(response: HttpResponseBase, budget: Budget) -> None:
    response.headers["RateLimit-Policy"] = f'"minute";q={budget.most};w={PERIOD}'
    response.headers["RateLimit"] = f'"minute";r={budget.left};t={budget.seconds_left}'


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """With a mark of what it says: who has it already is told so. Kept by others, it is asked for again each time."""
    if request.method not in _READ or response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    response.headers.setdefault("Cache-Control", "private, no-cache" if request.user.is_authenticated else "no-cache")
    patch_vary_headers(response, ("Authorization",))
    response.headers["ETag"] = etag = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
    return get_conditional_response(request, etag=etag, response=response) or response
