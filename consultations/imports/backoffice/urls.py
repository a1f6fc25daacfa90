"""Imports, at the desk. The words of the addresses are French."""

from django.urls import include, path

from consultations.imports.backoffice import imports

_one = [
    path("", imports.one, name="desk_import"),
    path("preciser/", imports.say, name="desk_import_say"),
    path("lancer/", imports.start, name="desk_import_start"),
    path("abandonner/", imports.give_up, name="desk_import_give_up"),
    path("annuler/", imports.undo, name="desk_import_undo"),
    path("non-repris/<int:file>/", imports.left, name="desk_import_left"),
]
urlpatterns = [
    path("importer/", imports.imports, name="desk_imports"),
    path("importer/<int:pk>/", include(_one)),
]
