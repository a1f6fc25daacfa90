"""The keys with which programs of operators work: all of them see all, and may take any away."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required
from common.limits import limited_by
from common.requests import Request
from rest.forms import KeyForm
from rest.limits import KEYS
from rest.making import keys_page, take_away
from rest.selectors import team_tokens


@limited_by(KEYS)
@role_required(OPERATE, fresh=SensitiveAction(_("Make a key of the API"), KeyForm))
def keys(request: Request) -> HttpResponse:
    return keys_page(request, template="rest/ops/keys.html", of_team=True, tokens=list(team_tokens()))


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(_("Take a key of the API away")))
def take_key(request: Request, pk: int) -> HttpResponse:
    return take_away(request, get_object_or_404(team_tokens(), pk=pk), then="ops_keys")
