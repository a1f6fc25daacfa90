"""Pages of a list: from a row on, not from a number, so that nothing is given twice or left out while others write."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from common.text import whole_number


def page_of(rows: QuerySet[Any], *, limit: int, cursor: str = "") -> tuple[list[Any], str]:
    """The rows of a page, the last that was made first; and the cursor of the next one, empty where there is none."""
    if cursor:
        rows = rows.filter(pk__lt=_read(cursor))
    found = list(rows.order_by("-pk")[: limit + 1])
    shown = found[:limit]
    return shown, _written(shown[-1].pk) if len(found) > limit else ""


def next_address(request: Request, cursor: str) -> str | None:
    if not cursor:
        return None
    asked = request.query_params.copy()
    asked["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")


def _written(pk: int) -> str:
    return urlsafe_b64encode(f"before {pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        said = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        said = ""
    word, _space, number = said.partition(" ")
    if word != "before" or not whole_number(number):
        raise ValidationError({"cursor": [_("This cursor is not one of ours: take that of `next`.")]})
    return whole_number(number)
