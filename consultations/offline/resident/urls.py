"""Receipts, for whoever holds one. The words of the addresses are French."""

from django.urls import path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.offline.resident import receipts

_receipts = [
    path("recu/", receipts.receipt, name="offline_receipt"),
    path("recu/suivi/", receipts.follow, name="offline_follow"),
    path("recu/corriger/", receipts.correct, name="offline_correct"),
    path("recu/effacer/", receipts.erase, name="offline_erase"),
    path("recu/rattacher/", receipts.bind, name="offline_bind"),
    path("recu/fermer/", receipts.shut, name="offline_shut"),
]
urlpatterns = [tree("", _receipts, never_cache, city_visible)]
