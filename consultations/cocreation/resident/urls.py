"""Residents' pages about working together. The words of the addresses are French."""

from django.urls import path

from accounts.permissions import staff_prove_first
from consultations.cocreation.resident import coauthors, merge_start, merging, rework, versions, workshop

urlpatterns = [
    path("propositions/<int:pk>/<slug:slug>/versions/", versions.versions, name="proposal_versions"),
    path("propositions/<int:pk>/<slug:slug>/atelier/", staff_prove_first(workshop.workshop), name="workshop"),
    path(
        "propositions/<int:pk>/<slug:slug>/atelier/arguments/<int:argument>/",
        staff_prove_first(workshop.answer),
        name="workshop_answer",
    ),
    path("propositions/<int:pk>/<slug:slug>/atelier/texte/", staff_prove_first(rework.rework), name="workshop_text"),
    path(
        "propositions/<int:pk>/<slug:slug>/atelier/difference/",
        staff_prove_first(rework.live_difference),
        name="workshop_difference",
    ),
    path(
        "propositions/<int:pk>/<slug:slug>/atelier/abandonner/",
        staff_prove_first(rework.discard),
        name="workshop_discard",
    ),
    path("propositions/<int:pk>/<slug:slug>/atelier/avec/", staff_prove_first(coauthors.coauthors), name="coauthors"),
    path("invitations/<uuid:key>/", coauthors.invitation, name="invitation"),
    path("propositions/<int:pk>/<slug:slug>/reunir/", staff_prove_first(merge_start.start), name="merge_new"),
    path("propositions/<int:pk>/<slug:slug>/rejoindre/", merging.join, name="merge_join"),
    path("reunions/<int:pk>/", staff_prove_first(merging.merge), name="merge"),
    path("reunions/<int:pk>/texte/", staff_prove_first(merging.reword), name="merge_reword"),
    path("reunions/<int:pk>/repondre/", staff_prove_first(merging.answer), name="merge_answer"),
    path("reunions/<int:pk>/former/", staff_prove_first(merging.form), name="merge_form"),
    path("reunions/<int:pk>/renoncer/", staff_prove_first(merging.give_up), name="merge_give_up"),
    path("reunions/<int:pk>/defaire/", staff_prove_first(merging.undo), name="merge_undo"),
]
