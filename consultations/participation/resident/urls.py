"""Residents' pages. The words of the addresses are French."""

from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.participation.resident import (
    acting,
    arguments,
    editing,
    feeds,
    following,
    hints,
    proposing,
    reading,
    sharing,
    waiting,
)

_PROPOSAL = "propositions/<int:pk>/<slug:slug>"
_ARGUMENT = f"{_PROPOSAL}/arguments/<int:argument>"
_PICTURE = "apercu-(?P<digest>[0-9a-f]{20})[.]png"
_to_read = [
    path("consultations/<slug:slug>/propositions.atom", feeds.proposals, name="proposals_feed"),
    path("consultations/<slug:slug>/propositions/", reading.proposals, name="consultation_proposals"),
    path("defis/<slug:slug>/", reading.challenge, name="challenge"),
    re_path(f"^defis/(?P<slug>[-\\w]+)/{_PICTURE}$", sharing.challenge_picture, name="challenge_share_picture"),
    path("defis/<slug:slug>/code-qr.svg", sharing.challenge_code, name="challenge_code"),
    re_path(r"^images/(?P<digest>[0-9a-f]{20})\.jpg$", proposing.picture, name="picture"),
    path("propositions/", reading.proposals, name="proposals"),
    path("propositions/<int:pk>/", reading.proposal, name="proposal_short"),
    re_path(f"^propositions/(?P<pk>[0-9]+)/{_PICTURE}$", sharing.proposal_picture, name="proposal_share_picture"),
    path("propositions/<int:pk>/code-qr.svg", sharing.proposal_code, name="proposal_code"),
    path(f"{_PROPOSAL}/", reading.proposal, name="proposal"),
    path(f"{_ARGUMENT}/", arguments.argument, name="argument"),
    path(f"{_ARGUMENT}/code-qr.svg", sharing.argument_code, name="argument_code"),
    path(f"{_PROPOSAL}/arguments/<str:stance>/", reading.arguments, name="proposal_arguments"),
]
_to_write = [
    path("defis/<slug:slug>/suivre/", following.follow_challenge, name="challenge_follow"),
    path("defis/<slug:slug>/proposer/", proposing.begin, name="proposal_new"),
    path("defis/<slug:slug>/proposer/<str:step>/", hints.typing, name="proposal_typing"),
    path("brouillons/<uuid:key>/<str:step>/", proposing.step, name="draft"),
    path("brouillons/<uuid:key>/", proposing.review, name="draft_review"),
    path("brouillons/<uuid:key>/supprimer/confirmer/", proposing.discard, name="draft_discard"),
    path(f"{_ARGUMENT}/utile/", arguments.useful, name="useful"),
    path(f"{_ARGUMENT}/repondre/", arguments.reply, name="reply"),
    path(f"{_ARGUMENT}/corriger/", arguments.edit_argument, name="argument_edit"),
    path(f"{_PROPOSAL}/reponses/<int:reply>/corriger/", arguments.edit_reply, name="reply_edit"),
    path(f"{_PROPOSAL}/corriger/", editing.edit, name="proposal_edit"),
    path("attente/<str:kind>/<int:pk>/retirer/", waiting.take_back_own, name="take_back"),
    path(f"{_PROPOSAL}/reagir/", acting.react, name="react"),
    path(f"{_PROPOSAL}/argumenter/", acting.argue, name="argue"),
    path(f"{_PROPOSAL}/suivre/", following.follow_proposal, name="proposal_follow"),
]

urlpatterns = [
    tree("", _to_read, city_visible),
    tree("", _to_write, never_cache, city_visible),
    path("apercu/voir/<str:mark>/defis/<slug:slug>/", reading.challenge_preview, name="preview_challenge"),
]
