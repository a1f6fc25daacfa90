"""What logs and Sentry may say of a request, an error or a message: many read them, and they are kept.

No path (it may hold a token, and a wrong one is what anybody typed), no address, nothing that a person wrote.
"""

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
_ADDRESS = re.compile(r"[^\s@<>\"'(),:;=]+@[^\s@<>\"'(),:;]+")
_PATH_OF_URL = re.compile(r"(https?://[^/\s\"'<>]+)/[^\s\"'<>]*")
# A run of signs as tokens and signatures have them, and as no name of a class, a function or a module is.
# Before them those that say what they are: of the API, of webhooks (whose base64 would break such a run), of Stripe.
_NAMED = r"\b(?:trk|whsec|[rs]k_live|[rs]k_test)_[\w+/=-]+"
_TOKEN = re.compile(_NAMED + r"|(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*[0-9-])[\w-]{20,}", re.ASCII)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|«[^»]*»|\[[^\]]*\]")
# Errors that quote our own names: of variables, templates, tables and constraints. Others quote what was given.
_QUOTE_CODE_WORDS = """
    AttributeError ImportError KeyError ModuleNotFoundError NameError TypeError UnboundLocalError
    FieldError ImproperlyConfigured TemplateDoesNotExist TemplateSyntaxError
    CheckViolation ExclusionViolation ForeignKeyViolation InsufficientPrivilege IntegrityError NotNullViolation
    ProgrammingError UndefinedColumn UndefinedFunction UndefinedTable UniqueViolation
    """
_QUOTE_CODE = frozenset(_QUOTE_CODE_WORDS.split())


def method_of(request: Any) -> str:
    return request.method if request.method in _METHODS else "?"


def route_of(request: Any) -> str:
    """The pattern of a request's address: /connexion/lien/<str:token>/; "-" where it is none of ours."""
    from django.conf import settings

    match = getattr(request, "resolver_match", None)
    if match is not None:
        return f"/{match.route}"
    # A page that was kept, a file, or an answer given before addresses are looked up.
    if request.path.startswith(settings.STATIC_URL):
        return settings.STATIC_URL
    return _route(request.path_info, getattr(request, "urlconf", None))


@lru_cache(maxsize=2000)
def _route(path: str, urlconf: str | None) -> str:
    """Remembered, because looking an address up takes longer than serving a page that was kept."""
    from django.urls import Resolver404, resolve

    try:
        return f"/{resolve(path, urlconf).route}"
    except Resolver404:
        return "-"


def discreet(text: str) -> str:
    """Without mail addresses, paths of URLs, and what looks like a token."""
    text = _PATH_OF_URL.sub(r"\1/…", text)
    return _TOKEN.sub("…", _ADDRESS.sub("…", text))


def discreet_error(kind: str, text: str) -> str:
    """What an error of the class `kind` says: its first line (PostgreSQL's next ones hold the row, or the statement),
    without what it quotes, if that may be something that was given to it."""
    first = text.strip().partition("\n")[0]
    return discreet(first if kind in _QUOTE_CODE else _QUOTED.sub("…", first))


def discreet_message(record: logging.LogRecord) -> str:
    """The message of a log record; the request that it is about by its route, the error by what may be said of it."""
    request: Any = getattr(record, "request", None)
    if hasattr(request, "path") and isinstance(record.args, tuple):
        # Django escapes it, and cuts nothing: "Internal Server Error: %s", "Forbidden (%s): %s".
        paths = {each for path in (request.path, request.get_full_path()) for each in (path, _escaped(path))}
        args = tuple(route_of(request) if arg in paths else arg for arg in record.args)
        text = str(record.msg) % args if args else str(record.msg)
    else:
        text = record.getMessage()
    for problem in _chain(record.exc_info[1] if record.exc_info else None):
        kind, said = type(problem).__name__, str(problem)
        text = text.replace(repr(problem), f"{kind}: {discreet_error(kind, said)}")
        if len(said) > 3:
            text = text.replace(said, discreet_error(kind, said))
    return discreet(text)


def discreet_traceback(text: str, problem: BaseException | None) -> str:
    """A formatted traceback, with each error of it saying only what it may."""
    for each in _chain(problem):
        kind = type(each).__name__
        if said := str(each):
            text = text.replace(f"{kind}: {said}", f"{kind}: {discreet_error(kind, said)}")
    return text


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting = [problem]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in seen:
            seen.append(each)
            waiting += [each.__cause__, each.__context__]
    yield from seen


def _escaped(path: str) -> str:
    return path.encode("unicode_escape").decode("ascii")
