from django.urls import path

from consultations.participation.backoffice import contributions, saved_views, sheets

urlpatterns = [
    path("contributions/", contributions.contributions, name="desk_contributions"),
    path("contributions/exporter/", sheets.sheet, name="desk_contributions_sheet"),
    path("contributions/fichiers/", sheets.sheets, name="desk_sheets"),
    path("contributions/fichiers/<int:pk>/", sheets.sheet_file, name="desk_sheet_file"),
    path("contributions/vues/", saved_views.arrange_views, name="desk_views"),
    path("contributions/vues/enregistrer/", saved_views.save_view, name="desk_view_save"),
    path("contributions/vues/<int:pk>/renommer/", saved_views.rename_view, name="desk_view_rename"),
    path("contributions/vues/<int:pk>/supprimer/", saved_views.delete_view, name="desk_view_delete"),
]
