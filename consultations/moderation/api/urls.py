"""The API of moderation. It goes on where the city only reads."""

from django.urls import path

from common.states import Answers, answers
from common.trees import tree
from consultations.moderation.api import views

_cases = [
    path("moderation/cases/", views.Cases.as_view(), name="api_cases"),
    path("moderation/cases/<int:pk>/", views.OneCase.as_view(), name="api_case"),
    path("moderation/cases/<int:pk>/decisions/", views.Decisions.as_view(), name="api_decide"),
]
urlpatterns = [tree("", _cases, answers(Answers.READ_ONLY))]
