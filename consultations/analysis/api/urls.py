"""The API of figures."""

from django.urls import path

from consultations.analysis.api import views

urlpatterns = [path("consultations/<slug:slug>/figures/", views.OneDashboard.as_view(), name="api_figures")]
