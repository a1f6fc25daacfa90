"""A participant's own page. The words of the address are French."""

from django.urls import path

from consultations.animation.resident import participation

urlpatterns = [
    path("ma-participation/", participation.my_participation, name="my_participation"),
]
