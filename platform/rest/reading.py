"""Who asks, and what is sent, for Django REST framework: it looks for both before its own views can be imported."""

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from rest.models import Token


class ByKey(BaseAuthentication):
    """Whom the middleware has found by their key."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        asked = request._request
        token: Token | None = getattr(asked, "api_token", None)
        return None if token is None else (asked.user, token)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class Json(BaseParser):
    """JSON in UTF-8 as it is meant: no NaN, no nesting that nobody needs."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            found = json.loads(stream.read().decode("utf-8"), parse_constant=_no_constant)
            # Half of a sign, which JSON can write and nothing else can: in no text of ours, and in no answer.
            json.dumps(found, ensure_ascii=False).encode()
            return found
        except (ValueError, RecursionError) as why:
            raise exceptions.ParseError(_("This is not JSON in UTF-8.")) from why


def _no_constant(name: str) -> Any:
    raise ValueError(name)
