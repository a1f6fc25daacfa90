"""The API of consultations and challenges."""

from django.urls import path

from consultations.framing.api import views

urlpatterns = [
    path("consultations/", views.Consultations.as_view(), name="api_consultations"),
    path("consultations/<slug:slug>/", views.OneConsultation.as_view(), name="api_consultation"),
    path("challenges/", views.Challenges.as_view(), name="api_challenges"),
    path("challenges/<slug:slug>/", views.OneChallenge.as_view(), name="api_challenge"),
]
