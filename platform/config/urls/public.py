"""The service's own site: visitors, sign-ups, operators."""

from django.urls import URLResolver, include, path, re_path

from accounts.permissions import OPERATORS, only_for
from common.trees import tree
from common.views import colours

handler400 = "common.views.bad_request"
handler500 = "common.views.server_error"


def _operators(route: str, urlconf: str) -> URLResolver:
    return tree(route, urlconf, only_for(OPERATORS))


urlpatterns = [
    path("", include("onboarding.web.urls")),
    path("", include("accounts.web.urls")),
    path("bibliotheque/", include("consultations.library.web.urls")),
    _operators("ops/bibliotheque/", "consultations.library.ops.urls"),
    _operators("ops/", "tenants.ops.urls"),
    _operators("ops/", "tenants.ops.addresses"),
    _operators("ops/", "tenants.ops.reservations"),
    _operators("ops/", "onboarding.ops.urls"),
    re_path(r"^couleurs/(?P<colour>[0-9a-f]{6})\.css$", colours, name="city_colours"),
]
