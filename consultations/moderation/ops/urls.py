"""The service's own lists: what waits in cities that have it moderate, and cities that it helps to frame."""

from django.urls import path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.moderation.ops import accompanied, views

_theirs = [
    path("moderation/", views.queue, name="ops_moderation"),
    path("moderation/<int:waiting>/entrer/", views.enter, name="ops_moderation_enter"),
    path("cadrage/", accompanied.accompanied, name="ops_framing"),
    path("cadrage/<int:city>/entrer/", accompanied.enter, name="ops_framing_enter"),
]

urlpatterns = [tree("", _theirs, never_cache)]
