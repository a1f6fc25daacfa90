"""The service's own site: visitors, sign-ups, operators."""

from django.urls import include, path, re_path

from common.views import colours

handler400 = "common.views.bad_request"
handler500 = "common.views.server_error"

urlpatterns = [
    path("", include("onboarding.web.urls")),
    path("", include("accounts.web.urls")),
    path("bibliotheque/", include("consultations.library.web.urls")),
    path("ops/bibliotheque/", include("consultations.library.ops.urls")),
    path("ops/", include("tenants.ops.urls")),
    path("ops/", include("tenants.ops.addresses")),
    path("ops/", include("tenants.ops.reservations")),
    path("ops/", include("onboarding.ops.urls")),
    re_path(r"^couleurs/(?P<colour>[0-9a-f]{6})\.css$", colours, name="city_colours"),
]
