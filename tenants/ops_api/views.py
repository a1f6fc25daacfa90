"""The register of cities, for programs of operators: nothing of what is inside a city."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from rest.fields import Filters, Given
from rest.views import ApiView, lists, reads
from tenants.enums import AuthorityKind, LifecycleState
from tenants.models import Municipality
from tenants.ops_api.scopes import FLEET
from tenants.selectors import fleet

# What the operators' table calls in the words of its addresses.
_NEEDING = {"verification": "a-verifier", "migration": "en-retard", "opening": "pas-ouvertes"}


class CityGiven(Given):
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(AuthorityKind.choices)
    authority_code = serializers.CharField()
    siren = serializers.CharField()
    population = serializers.IntegerField(allow_null=True)
    url = serializers.URLField()
    own_domain = serializers.CharField()
    time_zone = serializers.CharField()
    state = serializers.ChoiceField(LifecycleState.choices)
    state_since = serializers.DateTimeField()
    trial_ends_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True, help_text=_("Empty until its platform is made."))
    verified_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    maintenance_since = serializers.DateTimeField(allow_null=True)
    moved_at = serializers.DateTimeField(allow_null=True, help_text=_("It lives in another installation since."))
    is_behind = serializers.BooleanField(source="behind", help_text=_("Its tables are not those of this release."))


class FleetFilters(Filters):
    search = serializers.CharField(max_length=100, required=False, help_text=_("In names, addresses and codes."))
    state = serializers.ChoiceField(
        LifecycleState.choices, required=False, help_text=_("Deleted ones are given only where they are asked for.")
    )
    needing = serializers.ChoiceField([(each, each) for each in _NEEDING], required=False)


class Cities(ApiView):
    tag = _("Cities")

    @lists("list_cities", _("Cities, the newest first"), gives=CityGiven, filters=FleetFilters, scope=FLEET)
    def get(self, request: Request, *, needing: str = "", **asked: Any) -> QuerySet[Municipality]:
        return fleet(needing=_NEEDING.get(needing, ""), **asked)


class OneCity(ApiView):
    tag = Cities.tag

    @reads("read_city", _("The state of a city"), gives=CityGiven, scope=FLEET)
    def get(self, request: Request, slug: str) -> Municipality:
        return fleet().get(slug=slug)
