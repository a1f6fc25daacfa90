"""The API of answers and projects."""

from django.urls import path

from consultations.outcomes.api import views

urlpatterns = [
    path("answers/", views.Answers.as_view(), name="api_answers"),
    path("proposals/<int:pk>/answer/", views.OneAnswer.as_view(), name="api_draft_answer"),
    path("projects/", views.Projects.as_view(), name="api_projects"),
    path("projects/<slug:slug>/", views.OneProject.as_view(), name="api_project"),
]
