"""A city's platform: residents, and its staff under /gestion/."""

from django.urls import URLResolver, include, path, re_path

from accounts.abilities import SEE_DESK
from accounts.permissions import GUESTS, only_for
from common.requests import API
from common.states import Answers, answers
from common.trees import tree, urls_for
from common.views import colours
from consultations.framing.permissions import city_visible

handler400 = "common.views.bad_request"
handler500 = "common.views.server_error"


def _team(urlconf: str) -> URLResolver:
    """The desk is for the team, which frames the city before anybody has verified it; some pages let guests in."""
    return tree("gestion/", urlconf, only_for(SEE_DESK, guests=GUESTS), answers(Answers.UNVERIFIED))


urlpatterns = [
    *(path("", include(urls)) for urls in urls_for("resident")),
    path("", include("accounts.web.urls")),
    path("", include("accounts.web.city_urls")),
    *(_team(urls) for urls in urls_for("backoffice")),
    *(tree(API.removeprefix("/"), urls, city_visible) for urls in urls_for("api")),
    path("gestion/verification/", include("tenants.backoffice.link_urls")),  # whoever reads the authority's mail
    re_path(r"^couleurs/(?P<colour>[0-9a-f]{6})\.css$", colours, name="city_colours"),
]
