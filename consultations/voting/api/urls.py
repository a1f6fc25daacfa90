"""The API of votes."""

from django.urls import path

from consultations.voting.api import views

urlpatterns = [
    path("consultations/<slug:slug>/votes/", views.Votes.as_view(), name="api_votes"),
    path("consultations/<slug:slug>/votes/<int:number>/", views.OneVote.as_view(), name="api_vote"),
]
