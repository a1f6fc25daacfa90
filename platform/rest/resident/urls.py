"""The API in words, and one's own keys. The words of the addresses are French."""

from django.urls import path
from django.views.decorators.cache import never_cache

from common.trees import tree
from rest.resident import views

_own = [
    path("compte/cles/", views.own_keys, name="own_keys"),
    path("compte/cles/<int:pk>/retirer/", views.take_own_key, name="own_key_take_away"),
]
urlpatterns = [
    tree("", _own, never_cache),
    path("api/", views.page, name="api"),
]
