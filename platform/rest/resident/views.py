"""One's own keys; the page that says how programs read and take part."""

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
from rest.limits import KEYS
from rest.making import keys_page, take_away
from rest.reference import reference
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
    return render(request, "rest/resident/api.html", reference("city"))
