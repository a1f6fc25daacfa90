"""The mobilisation kit, at the desk. The words of the addresses are French."""

from django.urls import include, path

from consultations.kit.backoffice import files, sheets, views

_kit = [
    path("", views.kit, name="desk_kit"),
    path("lieux/", views.add, name="desk_kit_spot_add"),
    path("lieux/<int:pk>/retirer/", views.remove, name="desk_kit_spot_remove"),
    path("textes/", views.texts, name="desk_kit_texts"),
    path("images/<slug:name>.png", files.picture, name="desk_kit_picture"),
    path("apercus/<slug:name>.png", files.preview, name="desk_kit_preview"),
    path("feuilles/", sheets.sheets, name="desk_kit_sheets"),
    path("feuilles/<int:first>-<int:last>.pdf", sheets.part, name="desk_kit_part"),
    path("<slug:name>-<slug:variant>.pdf", files.printed_file, name="desk_kit_file"),
]
urlpatterns = [
    path("mobiliser/", views.chosen, name="desk_mobilise"),
    path("consultations/<slug:consultation>/mobiliser/", include(_kit)),
]
