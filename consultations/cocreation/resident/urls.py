"""Residents' pages about working together. The words of the addresses are French."""

from django.urls import path
from django.views.decorators.cache import never_cache

from accounts.permissions import staff_prove_first
from common.trees import tree
from consultations.cocreation.resident import coauthors, merge_start, merging, rework, versions, workshop
from consultations.framing.permissions import city_visible

_PROPOSAL = "propositions/<int:pk>/<slug:slug>"
_for_everyone = [
    path(f"{_PROPOSAL}/versions/", versions.versions, name="proposal_versions"),
    path(f"{_PROPOSAL}/rejoindre/", merging.join, name="merge_join"),
]
_for_authors = [
    path(f"{_PROPOSAL}/atelier/", workshop.workshop, name="workshop"),
    path(f"{_PROPOSAL}/atelier/arguments/<int:argument>/", workshop.answer, name="workshop_answer"),
    path(f"{_PROPOSAL}/atelier/texte/", rework.rework, name="workshop_text"),
    path(f"{_PROPOSAL}/atelier/difference/", rework.live_difference, name="workshop_difference"),
    path(f"{_PROPOSAL}/atelier/abandonner/", rework.discard, name="workshop_discard"),
    path(f"{_PROPOSAL}/atelier/reprendre/", rework.take_back, name="workshop_take_back"),
    path(f"{_PROPOSAL}/atelier/avec/", coauthors.coauthors, name="coauthors"),
    path(f"{_PROPOSAL}/reunir/", merge_start.start, name="merge_new"),
    path("reunions/<int:pk>/", merging.merge, name="merge"),
    path("reunions/<int:pk>/texte/", merging.reword, name="merge_reword"),
    path("reunions/<int:pk>/repondre/", merging.answer, name="merge_answer"),
    path("reunions/<int:pk>/former/", merging.form, name="merge_form"),
    path("reunions/<int:pk>/renoncer/", merging.give_up, name="merge_give_up"),
    path("reunions/<int:pk>/defaire/", merging.undo, name="merge_undo"),
]

urlpatterns = [
    tree("", _for_everyone, city_visible),
    tree("invitations/", [path("<uuid:key>/", coauthors.invitation, name="invitation")], never_cache, city_visible),
    tree("", _for_authors, never_cache, city_visible, staff_prove_first),
]
