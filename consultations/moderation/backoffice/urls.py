"""The desk of moderation: for whoever the consultation says decides."""

from django.urls import path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.moderation.backoffice import claiming, deciding, queue

_desk = [
    path("moderation/", queue.queue, name="desk_moderation"),
    path("moderation/annuler/", deciding.take_back, name="desk_moderation_undo"),
    path("moderation/texte/<str:kind>/<int:subject>/", deciding.moderate, name="desk_moderate"),
    path("moderation/<int:case>/", deciding.one_case, name="desk_case"),
    path("moderation/<int:case>/qui/", claiming.who, name="desk_case_who"),
    path("moderation/<int:case>/quitter/", claiming.leave, name="desk_case_leave"),
]

urlpatterns = [tree("", _desk, never_cache)]
