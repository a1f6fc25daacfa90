"""Open data. The words of the addresses are French."""

from django.urls import path, re_path

from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.opendata.resident import calendar, pages, widget

_one = "opendata/<slug:slug>/"
_to_read = [
    path("opendata/", pages.index, name="open_data"),
    path("opendata/catalogue.jsonld", pages.catalogue, name="open_data_catalogue"),
    path(_one, pages.of_one, name="open_data_of"),
    path(f"{_one}<slug:name>/colonnes.json", pages.columns, name="open_data_columns"),
    re_path(
        r"^opendata/(?P<slug>[-a-zA-Z0-9_]+)/(?P<name>[a-z-]+)[.](?P<ending>csv|jsonl|json)$",
        pages.file,
        name="open_data_file",
    ),
    path("consultations/<slug:slug>/calendrier.ics", calendar.calendar, name="consultation_calendar"),
    path("widget/consultations/<slug:slug>/", widget.of_consultation, name="widget"),
    path("widget/defis/<slug:slug>/", widget.of_challenge, name="widget_of_challenge"),
]

urlpatterns = [tree("", _to_read, city_visible)]
