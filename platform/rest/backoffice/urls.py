"""The desk's keys of the API."""

from django.urls import path

from rest.backoffice import views

urlpatterns = [
    path("cles-api/", views.keys, name="desk_keys"),
    path("cles-api/<int:pk>/retirer/", views.take_key, name="desk_key_take_away"),
]
