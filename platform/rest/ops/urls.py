"""Operators' keys of the API."""

from django.urls import path

from rest.ops import views

urlpatterns = [
    path("cles-api/", views.keys, name="ops_keys"),
    path("cles-api/<int:pk>/retirer/", views.take_key, name="ops_key_take_away"),
]
