from django.urls import include, path

from consultations.framing.backoffice import (
    challenges,
    changing,
    former,
    framing,
    identity,
    listing,
    margins,
    neighbourhoods,
    showing,
)

# The consultation stands in the address of all that belongs to it: two tabs on two of them cannot mix.
_of_one = [
    path("cadre/", framing.edit_consultation, name="desk_consultation"),
    path("ouvrir/", framing.open_to_public, name="desk_open"),
    path("refermer/", framing.close_to_public, name="desk_close_again"),
    path("apercu/", showing.preview_link, name="desk_preview"),
    path("apercu/retirer/", showing.withdraw_link, name="desk_preview_withdraw"),
    path("mettre-en-avant/", changing.forward, name="desk_put_forward"),
    path("prolonger/", changing.prolong, name="desk_prolong"),
    path("clore/", changing.close, name="desk_close"),
    path("archiver/", changing.archive, name="desk_archive"),
    path("desarchiver/", changing.unarchive, name="desk_unarchive"),
    path("abandonner/", changing.abandon, name="desk_give_up"),
    path("documents/", framing.documents, name="desk_documents"),
    path("documents/aucun/", framing.no_documents, name="desk_documents_none"),
    path("documents/<int:pk>/retirer/", framing.drop_document, name="desk_document_remove"),
    path("defis/", challenges.challenge_list, name="desk_challenges"),
    path("ajouter-un-defi/", challenges.add_challenge, name="desk_challenge_add"),
    path("defis/<slug:slug>/", margins.challenge_page, name="desk_challenge"),
    path("defis/<slug:slug>/modifier/", challenges.edit_challenge, name="desk_challenge_edit"),
    path("defis/<slug:slug>/commenter/<str:field>/", margins.comment, name="desk_margin_comment"),
    path("defis/<slug:slug>/commentaires/<int:number>/repondre/", margins.reply, name="desk_margin_reply"),
    path("defis/<slug:slug>/commentaires/<int:number>/regler/", margins.resolve, name="desk_margin_resolve"),
    path("defis/<slug:slug>/commentaires/<int:number>/rouvrir/", margins.reopen, name="desk_margin_reopen"),
    path("defis/<slug:slug>/bibliotheque/", challenges.library, name="desk_challenge_library"),
    path("defis/<slug:slug>/valider/", margins.validate, name="desk_challenge_validate"),
    path("defis/<slug:slug>/invalider/", margins.unvalidate, name="desk_challenge_unvalidate"),
    path("defis/<slug:slug>/deplacer/", challenges.move, name="desk_challenge_move"),
    path("defis/<slug:slug>/retirer/", challenges.remove, name="desk_challenge_remove"),
]

urlpatterns = [
    path("consultations/", listing.consultations, name="desk_consultations"),
    path("preparer-une-consultation/<str:start>/", listing.prepare, name="desk_prepare"),
    path("consultations/<slug:consultation>/", include(_of_one)),
    # As they were while a city had one consultation: links and kept pages lead on.
    path("consultation/", former.consultation, name="desk_former_consultation"),
    path("consultation/<path:rest>", former.consultation, name="desk_former_consultation_page"),
    path("defis/", former.challenges, name="desk_former_challenges"),
    path("defis/<path:rest>", former.challenges, name="desk_former_challenge"),
    path("ajouter-un-defi/", former.add_challenge, name="desk_former_challenge_add"),
    path("cadrage/", margins.lead_on, name="desk_framing"),
    path("accompagnement/", margins.accompany, name="desk_accompaniment"),
    path("apparence/", identity.appearance, name="desk_appearance"),
    path("quartiers/", neighbourhoods.neighbourhoods, name="desk_neighbourhoods"),
    path("mentions/", identity.legal, name="desk_legal"),
]
