"""Residents' pages that show several subjects. The words of the addresses are French."""

from django.urls import path, re_path

from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.portal.resident import mine, reading

_pages = [
    path("", reading.home, name="home"),
    path("mode-d-emploi/", reading.how_it_works, name="how_it_works"),
    path("consultations/<slug:slug>/", reading.consultation, name="consultation"),
    re_path(
        r"^consultations/(?P<slug>[-\w]+)/apercu-(?P<digest>[0-9a-f]{20})[.]png$",
        reading.share_picture,
        name="consultation_share_picture",
    ),
    path("consultations/<slug:slug>/code-qr.svg", reading.code, name="consultation_code"),
    path("ma-participation/", mine.my_participation, name="my_participation"),
]

urlpatterns = [
    tree("", _pages, city_visible),
    path("apercu/voir/<str:mark>/", reading.preview, name="preview"),
]
