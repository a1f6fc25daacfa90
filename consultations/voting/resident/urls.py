"""Voting, as residents do. The words of the addresses are French."""

from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.voting.resident import results, voting

_one = "consultations/<slug:slug>/votes/<int:number>/"
_to_vote = [
    path(_one, voting.vote, name="vote"),
    path(f"{_one}choisir/", voting.choose, name="vote_choose"),
    path(f"{_one}code/", voting.code, name="vote_code"),
    path(f"{_one}relire/", voting.review, name="vote_review"),
    path(f"{_one}recu/", voting.receipt, name="vote_receipt"),
]
_to_read = [
    path("votes/", results.votes, name="votes"),
    path(f"{_one}resultat/", results.result, name="vote_result"),
    re_path(
        r"^consultations/(?P<slug>[-a-zA-Z0-9_]+)/votes/(?P<number>[0-9]+)/bulletins[.](?P<kind>pb|csv)$",
        results.ballots,
        name="vote_ballots",
    ),
    path(f"{_one}tours.csv", results.steps_csv, name="vote_steps"),
    path(f"{_one}recus.txt", results.receipts, name="vote_receipts"),
]

urlpatterns = [
    tree("", _to_vote, never_cache, city_visible),
    tree("", _to_read, city_visible),
]
