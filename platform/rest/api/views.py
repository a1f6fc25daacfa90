"""The description; and what a key is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from rest.fields import Given
from rest.models import Token
from rest.schema import kept_contract
from rest.views import ApiView, reads


@require_safe
def contract(request: HttpRequest) -> HttpResponse:
    site = "service" if getattr(request, "tenant", None) is None else "city"
    return HttpResponse(kept_contract(site), content_type="application/json")


class KeyGiven(Given):
    name = serializers.CharField()
    person = serializers.CharField(source="user.own_name")
    scopes = serializers.ListField(child=serializers.CharField(), source="scope_keys")
    expires_at = serializers.DateTimeField()


class Me(ApiView):
    tag = _("This key")

    @reads("read_key", _("Whose this key is, what it may do and until when"), gives=KeyGiven)
    def get(self, request: Request) -> Any:
        if not isinstance(request.auth, Token):
            raise exceptions.NotAuthenticated
        return request.auth
