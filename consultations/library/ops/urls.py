from django.urls import path

from consultations.library.ops import drafts, views

DRAFT = "bibliotheque/<slug:code>/brouillon/"

urlpatterns = [
    path("bibliotheque/", views.library, name="ops_library"),
    path("bibliotheque/nouvelle/", views.new_set, name="ops_library_new"),
    path("bibliotheque/<slug:code>/", views.challenge_set, name="ops_library_set"),
    path("bibliotheque/<slug:code>/versions/<int:version>/", views.version, name="ops_library_version"),
    path("bibliotheque/<slug:code>/versions/<int:version>/changements/", views.changes, name="ops_library_changes"),
    path("bibliotheque/<slug:code>/preparer/", views.prepare, name="ops_library_prepare"),
    path("bibliotheque/<slug:code>/retirer/", views.withdraw, name="ops_library_withdraw"),
    path("bibliotheque/<slug:code>/proposer-de-nouveau/", views.offer_again, name="ops_library_offer"),
    path(DRAFT, drafts.draft, name="ops_library_draft"),
    path(f"{DRAFT}textes/", drafts.edit_set, name="ops_library_words"),
    path(f"{DRAFT}publier/", drafts.publish, name="ops_library_publish"),
    path(f"{DRAFT}abandonner/", drafts.discard, name="ops_library_discard"),
    path(f"{DRAFT}nouveau-defi/", drafts.new_challenge, name="ops_library_challenge_new"),
    path(f"{DRAFT}defis/<slug:challenge>/", drafts.edit_challenge, name="ops_library_challenge"),
    path(f"{DRAFT}defis/<slug:challenge>/deplacer/", drafts.move_challenge, name="ops_library_move"),
    path(f"{DRAFT}defis/<slug:challenge>/retirer/", drafts.remove_challenge, name="ops_library_remove"),
]
