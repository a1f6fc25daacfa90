"""What residents read of outcomes. The words of the addresses are French."""

from django.urls import path

from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.outcomes.resident import answers

_to_read = [
    path("reponses/", answers.answers, name="answers"),
    path("consultations/<slug:slug>/reponses/", answers.answers, name="answers_of"),
]

urlpatterns = [
    tree("", _to_read, city_visible),
]
