"""The operators' API of the fleet."""

from django.urls import path

from tenants.ops_api import views

urlpatterns = [
    path("cities/", views.Cities.as_view(), name="ops_api_cities"),
    path("cities/<slug:slug>/", views.OneCity.as_view(), name="ops_api_city"),
]
