"""Views of the API. A method says what it does, takes and gives (`reads`, `lists`, `does`): the same words are checked
at each request and stand in the description (rest.schema).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from common.refusals import Refusal
from rest.fields import Filters, Nothing
from rest.models import Token
from rest.pages import next_address, page_of
from rest.problems import problem, refused
from rest.scopes import Scope, allowed
from rest.services.idempotency import once

Handler = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """What a method of an address does. `fields`: of codes of refusals that are about one field, its name."""

    name: str
    summary: Any
    gives: type[Serializer[Any]] | None
    takes: type[Serializer[Any]] | None = None
    filters: type[Serializer[Any]] = Nothing
    scope: Scope | None = None
    status: int = 200
    is_list: bool = False
    about: Any = ""
    fields: Mapping[str, str] = field(default_factory=dict)


class ApiView(APIView):
    """One address of the API."""

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    tag: Any = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answers are JSON, whoever asks for what; who asks is known by the middleware."""
        request.accepted_renderer = self.get_renderers()[0]
        request.accepted_media_type = "application/json"
        self.perform_authentication(request)


# ── What a method says of itself ─────────────────────────────────────────────


def reads(
    name: str,
    summary: Any,
    *,
    gives: type[Serializer[Any]],
    filters: type[Serializer[Any]] = Nothing,
    about: Any = "",
    scope: Scope | None = None,
) -> Callable[[Handler], Handler]:
    """One thing: the method returns it, or raises what is not found. It is called with what the address asks."""

    def declare(method: Handler) -> Handler:
        @wraps(method)
        def handler(self: ApiView, request: Request, **named: Any) -> Response:
            _may(request, operation)
            asked = _asked(request, filters)
            return Response(gives(method(self, request, **named, **asked), context={"request": request}).data)

        operation = Operation(name, summary, gives, filters=filters, about=about, scope=scope)
        return _said(handler, operation)

    return declare


def lists(
    name: str,
    summary: Any,
    *,
    gives: type[Serializer[Any]],
    filters: type[Filters] = Filters,
    about: Any = "",
    scope: Scope | None = None,
) -> Callable[[Handler], Handler]:
    """A page of a list: the method returns its rows, a queryset, without an order."""

    def declare(method: Handler) -> Handler:
        @wraps(method)
        def handler(self: ApiView, request: Request, **named: Any) -> Response:
            _may(request, operation)
            asked = _asked(request, filters)
            limit, cursor = asked.pop("limit"), asked.pop("cursor", "")
            rows: QuerySet[Any] = method(self, request, **named, **asked)
            shown, then = page_of(rows, limit=limit, cursor=cursor)
            results = gives(shown, many=True, context={"request": request}).data
            return Response({"next": next_address(request, then), "results": results})

        operation = Operation(name, summary, gives, filters=filters, is_list=True, about=about, scope=scope)
        return _said(handler, operation)

    return declare


def does(
    name: str,
    summary: Any,
    *,
    scope: Scope,
    takes: type[Serializer[Any]] | None = None,
    gives: type[Serializer[Any]] | None = None,
    status: int = 200,
    about: Any = "",
    fields: Mapping[str, str] | None = None,
) -> Callable[[Handler], Handler]:
    """Something is done, by who has a key with that scope: once for each Idempotency-Key. The method is called with the
    person and what was sent, and returns what it gives, or None."""

    def declare(method: Handler) -> Handler:
        @wraps(method)
        def handler(self: ApiView, request: Request, **named: Any) -> Response:
            user, token = _may(request, operation)
            _asked(request, Nothing)
            sent = _sent(request, takes)

            def do() -> tuple[int, Any]:
                done = method(self, request, user=user, **named, **sent)
                return (status, gives(done, context={"request": request}).data) if gives else (204, None)

            key = request.headers.get("Idempotency-Key")
            if key is None:
                answer, again = do(), False
            else:
                asked = f"{request.method} {request.path}\n".encode() + request._request.body
                answer, again = once(token=token, key=key, request=asked, at=timezone.now(), do=do)
            headers = {"Idempotency-Replayed": "true"} if again else None
            return Response(answer[1], status=answer[0], headers=headers)

        operation = Operation(
            name,
            summary,
            gives,
            takes=takes,
            scope=scope,
            status=status if gives else 204,
            about=about,
            fields=fields or {},
        )
        return _said(handler, operation)

    return declare


def _said(handler: Handler, operation: Operation) -> Handler:
    handler.operation = operation  # type: ignore[attr-defined]
    return handler


def _may(request: Any, operation: Operation) -> tuple[Any, Any]:
    """The person and their key, where one is needed. A key gives no more than its person may still do."""
    token = request.auth
    if operation.scope is None:
        return None, None
    if not isinstance(token, Token):
        raise exceptions.NotAuthenticated
    if operation.scope.key not in token.scope_keys or not allowed(request.user, operation.scope):
        raise ScopeMissing(operation.scope)
    if not operation.scope.is_of_team and not request.user.public_name:
        raise ScopeMissing(operation.scope)
    return request.user, token


class ScopeMissing(Refusal):
    code = "scope_missing"
    status = 403

    def __init__(self, scope: Scope) -> None:
        super().__init__(_("This key may not do that: it lacks “%(scope)s”.") % {"scope": scope.key})


def _asked(request: Request, filters: type[Serializer[Any]]) -> dict[str, Any]:
    """What the address asks, after its question mark. A key is never read there."""
    asked = filters(data=request.query_params.dict())
    if not asked.is_valid():
        raise AskedWrongly(asked.errors)
    found: dict[str, Any] = asked.validated_data
    return found


def _sent(request: Request, takes: type[Serializer[Any]] | None) -> dict[str, Any]:
    if takes is None:
        return {}
    sent = takes(data=request.data)
    if not sent.is_valid():
        raise SentWrongly(sent.errors)
    found: dict[str, Any] = sent.validated_data
    return found


class AskedWrongly(Exception):
    def __init__(self, errors: Any) -> None:
        super().__init__("parameters")
        self.errors = errors


class SentWrongly(AskedWrongly):
    pass


# ── The one mapping ──────────────────────────────────────────────────────────


def said(exception: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """What a view raised, as a problem; None for what is a mistake of ours."""
    view = context["view"]
    method = getattr(view, (view.request.method or "").lower(), None)
    operation: Operation | None = getattr(method, "operation", None)
    if isinstance(exception, Refusal):
        return refused(exception, fields=operation.fields if operation else None)
    if isinstance(exception, SentWrongly):
        return problem(422, errors=list(_pointed(exception.errors)))
    if isinstance(exception, AskedWrongly):
        errors = [{"parameter": str(name), "detail": str(words[0])} for name, words in exception.errors.items()]
        return problem(400, code="invalid_parameters", detail=_("Some parameters cannot be taken."), errors=errors)
    if isinstance(exception, exceptions.ValidationError):  # of a cursor
        return said(AskedWrongly(exception.detail), context)
    if isinstance(exception, (Http404, ObjectDoesNotExist)):
        return problem(404)
    if isinstance(exception, PermissionDenied):
        return problem(403)
    if isinstance(exception, exceptions.APIException):
        headers = {"WWW-Authenticate": 'Bearer realm="api"'} if exception.status_code == 401 else {}
        if isinstance(exception, exceptions.MethodNotAllowed):
            headers["Allow"] = ", ".join(view.allowed_methods)
        detail = exception.detail if isinstance(exception, exceptions.ParseError) else ""
        return problem(exception.status_code, detail=detail, headers=headers)
    return None


def _pointed(errors: Any, at: str = "#") -> Any:
    """Each error of what was sent, by a JSON pointer to it (RFC 6901)."""
    if isinstance(errors, Mapping):
        for name, more in errors.items():
            step = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _pointed(more, at + step)
    elif isinstance(errors, list):
        for number, each in enumerate(errors):
            if isinstance(each, (Mapping, list)):
                yield from _pointed(each, f"{at}/{number}")
            else:
                yield {"pointer": at, "detail": str(each)}
