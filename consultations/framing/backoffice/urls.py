from django.urls import path

from consultations.framing.backoffice import challenges, framing, identity, neighbourhoods

urlpatterns = [
    path("consultation/", framing.edit_consultation, name="desk_consultation"),
    path("consultation/ouvrir/", framing.open_to_public, name="desk_open"),
    path("consultation/refermer/", framing.close_to_public, name="desk_close_again"),
    path("consultation/documents/", framing.documents, name="desk_documents"),
    path("consultation/documents/aucun/", framing.no_documents, name="desk_documents_none"),
    path("consultation/documents/<int:pk>/retirer/", framing.drop_document, name="desk_document_remove"),
    path("defis/", challenges.challenge_list, name="desk_challenges"),
    path("ajouter-un-defi/", challenges.add_challenge, name="desk_challenge_add"),
    path("defis/<slug:slug>/", challenges.edit_challenge, name="desk_challenge"),
    path("defis/<slug:slug>/bibliotheque/", challenges.library, name="desk_challenge_library"),
    path("defis/<slug:slug>/valider/", challenges.validate, name="desk_challenge_validate"),
    path("defis/<slug:slug>/invalider/", challenges.unvalidate, name="desk_challenge_unvalidate"),
    path("defis/<slug:slug>/deplacer/", challenges.move, name="desk_challenge_move"),
    path("defis/<slug:slug>/retirer/", challenges.remove, name="desk_challenge_remove"),
    path("apparence/", identity.appearance, name="desk_appearance"),
    path("quartiers/", neighbourhoods.neighbourhoods, name="desk_neighbourhoods"),
    path("mentions/", identity.legal, name="desk_legal"),
]
