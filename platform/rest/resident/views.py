"""One's own keys; the page that says how programs read and take part."""

import json
from functools import cache
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.kept import SensitiveAction
from accounts.permissions import fresh_proof_required, signed_in_user
from common.limits import limited_by
from common.pagecache import cached_page
from common.requests import Request
from rest.forms import KeyForm
from rest.limits import KEYS, REQUESTS_A_MINUTE
from rest.making import keys_page, take_away
from rest.problems import STATUSES
from rest.schema import kept_contract
from rest.selectors import own_tokens


@limited_by(KEYS)
@fresh_proof_required(SensitiveAction(_("Make a key of the API"), KeyForm))
def own_keys(request: Request) -> HttpResponse:
    tokens = list(own_tokens(signed_in_user(request), of_team=False))
    return keys_page(request, template="rest/resident/keys.html", of_team=False, tokens=tokens)


@require_POST
@fresh_proof_required(SensitiveAction(_("Take a key of the API away")))
def take_own_key(request: Request, pk: int) -> HttpResponse:
    token = get_object_or_404(own_tokens(signed_in_user(request), of_team=False), pk=pk)
    return take_away(request, token, then="own_keys")


@cached_page
def page(request: Request) -> HttpResponse:
    context = {"groups": _operations(), "problems": _problems(), "a_minute": REQUESTS_A_MINUTE}
    return render(request, "rest/resident/api.html", context)


@cache
def _operations() -> list[tuple[str, list[dict[str, Any]]]]:
    """By subject, as the description has them."""
    paths = json.loads(kept_contract("city"))["paths"]
    found = [
        {
            "method": method.upper(),
            "path": path,
            "tag": each["tags"][0],
            "summary": each["summary"],
            "scope": each.get("x-scope", ""),
        }
        for path, methods in paths.items()
        for method, each in methods.items()
    ]
    found.sort(key=lambda each: (each["tag"], each["path"], each["scope"] != "", each["method"]))
    return [(tag, list(those)) for tag, those in groupby(found, key=lambda each: each["tag"])]


def _problems() -> list[tuple[int, str, Any]]:
    return [(status, code, said) for status, (code, _title, said) in STATUSES.items()]
