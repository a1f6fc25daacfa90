"""A participant's own pages. The words of the addresses are French."""

from django.urls import path

from consultations.animation.resident import participation

urlpatterns = [
    path("ma-participation/", participation.my_participation, name="my_participation"),
]
