"""Residents' pages. The words of the addresses are French."""

from django.urls import path, re_path

from consultations.participation.resident import acting, arguments, editing, following, hints, proposing, reading

urlpatterns = [
    path("consultations/<slug:slug>/propositions/", reading.proposals, name="consultation_proposals"),
    path("defis/<slug:slug>/", reading.challenge, name="challenge"),
    path("defis/<slug:slug>/suivre/", following.follow_challenge, name="challenge_follow"),
    path("defis/<slug:slug>/proposer/", proposing.begin, name="proposal_new"),
    path("defis/<slug:slug>/proposer/<str:step>/", hints.typing, name="proposal_typing"),
    path("brouillons/<uuid:key>/<str:step>/", proposing.step, name="draft"),
    path("brouillons/<uuid:key>/", proposing.review, name="draft_review"),
    path("brouillons/<uuid:key>/supprimer/confirmer/", proposing.discard, name="draft_discard"),
    re_path(r"^images/(?P<digest>[0-9a-f]{20})\.jpg$", proposing.picture, name="picture"),
    path("propositions/", reading.proposals, name="proposals"),
    path("propositions/<int:pk>/", reading.proposal, name="proposal_short"),
    path("propositions/<int:pk>/<slug:slug>/", reading.proposal, name="proposal"),
    path("propositions/<int:pk>/<slug:slug>/arguments/<int:argument>/", arguments.argument, name="argument"),
    path("propositions/<int:pk>/<slug:slug>/arguments/<int:argument>/utile/", arguments.useful, name="useful"),
    path("propositions/<int:pk>/<slug:slug>/arguments/<int:argument>/repondre/", arguments.reply, name="reply"),
    path(
        "propositions/<int:pk>/<slug:slug>/arguments/<int:argument>/corriger/",
        arguments.edit_argument,
        name="argument_edit",
    ),
    path("propositions/<int:pk>/<slug:slug>/reponses/<int:reply>/corriger/", arguments.edit_reply, name="reply_edit"),
    path(
        "propositions/<int:pk>/<slug:slug>/arguments/<str:stance>/",
        reading.arguments,
        name="proposal_arguments",
    ),
    path("propositions/<int:pk>/<slug:slug>/corriger/", editing.edit, name="proposal_edit"),
    path("propositions/<int:pk>/<slug:slug>/reagir/", acting.react, name="react"),
    path("propositions/<int:pk>/<slug:slug>/argumenter/", acting.argue, name="argue"),
    path("propositions/<int:pk>/<slug:slug>/suivre/", following.follow_proposal, name="proposal_follow"),
]
