"""The service's own site: visitors, sign-ups, operators."""

from django.urls import include, path, re_path

from accounts.abilities import OPERATE
from accounts.permissions import only_for
from common.requests import API
from common.trees import tree, urls_for
from common.views import colours

handler400 = "common.views.bad_request"
handler500 = "common.views.server_error"


urlpatterns = [
    *(path("", include(urls)) for urls in urls_for("web")),
    *(tree("ops/", urls, only_for(OPERATE)) for urls in urls_for("ops")),
    path(API.removeprefix("/"), include("rest.api.urls")),
    *(path(API.removeprefix("/"), include(urls)) for urls in urls_for("ops_api")),
    re_path(r"^couleurs/(?P<colour>[0-9a-f]{6})\.css$", colours, name="city_colours"),
]
