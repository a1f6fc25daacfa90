"""The service's own queue: what waits in cities that have it moderate."""

from django.urls import path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.moderation.ops import views

_theirs = [
    path("moderation/", views.queue, name="ops_moderation"),
    path("moderation/<int:waiting>/entrer/", views.enter, name="ops_moderation_enter"),
]

urlpatterns = [tree("", _theirs, never_cache)]
