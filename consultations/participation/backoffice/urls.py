from django.urls import path

from consultations.participation.backoffice import contributions, sheets

urlpatterns = [
    path("contributions/", contributions.contributions, name="desk_contributions"),
    path("contributions/exporter/", sheets.sheet, name="desk_contributions_sheet"),
]
