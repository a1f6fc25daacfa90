"""A city's platform: residents, and its staff under /gestion/."""

from django.urls import include, path, re_path

from common.views import colours

handler400 = "common.views.bad_request"
handler500 = "common.views.server_error"

urlpatterns = [
    path("", include("consultations.participation.resident.urls")),
    path("", include("consultations.animation.resident.urls")),
    path("", include("consultations.framing.resident.urls")),
    path("", include("accounts.web.urls")),
    path("", include("accounts.web.city_urls")),
    path("gestion/", include("consultations.participation.backoffice.urls")),
    path("gestion/", include("consultations.framing.backoffice.urls")),
    path("gestion/", include("tenants.backoffice.urls")),
    path("gestion/", include("tenants.backoffice.export_urls")),
    path("gestion/", include("accounts.backoffice.urls")),
    re_path(r"^couleurs/(?P<colour>[0-9a-f]{6})\.css$", colours, name="city_colours"),
]
