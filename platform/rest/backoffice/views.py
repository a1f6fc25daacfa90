"""The desk: the keys with which programs of the team work, each of its person."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.abilities import MANAGE_TEAM, SEE_DESK, may
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.requests import Request
from rest.forms import KeyForm
from rest.limits import KEYS
from rest.making import keys_page, take_away
from rest.models import Token
from rest.selectors import own_tokens, team_tokens

_MAKES = SensitiveAction(_("Make a key of the API"), KeyForm)
_TAKES = SensitiveAction(_("Take a key of the API away"))


@limited_by(KEYS)
@role_required(SEE_DESK, fresh=_MAKES)
def keys(request: Request) -> HttpResponse:
    return keys_page(request, template="rest/backoffice/keys.html", of_team=True, tokens=list(_tokens(request)))


@require_POST
@role_required(SEE_DESK, fresh=_TAKES)
def take_key(request: Request, pk: int) -> HttpResponse:
    return take_away(request, get_object_or_404(_tokens(request), pk=pk), then="desk_keys")


def _tokens(request: Request) -> QuerySet[Token]:
    """One's own; to administrators, those of the whole team."""
    user = signed_in_user(request)
    return team_tokens() if may(user, MANAGE_TEAM) else own_tokens(user, of_team=True)
