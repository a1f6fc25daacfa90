"""Residents' pages that show several subjects. The words of the addresses are French."""

from django.urls import path

from consultations.portal.resident import mine, reading

urlpatterns = [
    path("", reading.home, name="home"),
    path("mode-d-emploi/", reading.how_it_works, name="how_it_works"),
    path("consultations/<slug:slug>/", reading.consultation, name="consultation"),
    path("ma-participation/", mine.my_participation, name="my_participation"),
]
