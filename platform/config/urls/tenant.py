"""A city's platform: residents, and its staff under /gestion/."""

from django.urls import URLResolver, include, path, re_path

from accounts.permissions import STAFF, only_for
from common.states import Answers, answers
from common.trees import tree
from common.views import colours

handler400 = "common.views.bad_request"
handler500 = "common.views.server_error"


def _team(urlconf: str) -> URLResolver:
    """The desk is for the team, which frames the city before anybody has verified it."""
    return tree("gestion/", urlconf, only_for(STAFF), answers(Answers.UNVERIFIED))


urlpatterns = [
    path("", include("consultations.portal.resident.urls")),
    path("", include("consultations.participation.resident.urls")),
    path("", include("consultations.cocreation.resident.urls")),
    path("", include("consultations.framing.resident.urls")),
    path("", include("notifications.resident.urls")),
    path("", include("accounts.web.urls")),
    path("", include("accounts.web.city_urls")),
    _team("consultations.portal.backoffice.urls"),
    _team("consultations.cocreation.backoffice.urls"),
    _team("consultations.framing.backoffice.urls"),
    _team("tenants.backoffice.urls"),
    _team("tenants.backoffice.export_urls"),
    _team("accounts.backoffice.urls"),
    path("gestion/verification/", include("tenants.backoffice.link_urls")),  # whoever reads the authority's mail
    re_path(r"^couleurs/(?P<colour>[0-9a-f]{6})\.css$", colours, name="city_colours"),
]
