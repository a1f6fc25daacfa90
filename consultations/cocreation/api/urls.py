"""The API of versions."""

from django.urls import path

from consultations.cocreation.api import views

urlpatterns = [
    path("proposals/<int:pk>/versions/", views.Versions.as_view(), name="api_versions"),
    path("proposals/<int:pk>/difference/", views.Difference.as_view(), name="api_difference"),
]
