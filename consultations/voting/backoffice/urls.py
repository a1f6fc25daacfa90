"""The team's desk of votes. The words of the addresses are French."""

from django.urls import URLPattern, URLResolver, include, path

from consultations.voting.backoffice import items, papers, votes

_one = [
    path("", votes.vote, name="desk_vote"),
    path("modifier/", votes.edit, name="desk_vote_edit"),
    path("annoncer/", votes.announce, name="desk_vote_announce"),
    path("supprimer/", votes.discard, name="desk_vote_discard"),
    path("codes/", votes.codes, name="desk_vote_codes"),
    path("reponses/", votes.answers, name="desk_vote_answers"),
    path("votants/", votes.voters, name="desk_vote_voters"),
    path("projets/", items.add, name="desk_vote_items"),
    path("projets/<int:item>/", items.edit, name="desk_vote_item"),
    path("projets/<int:item>/enlever/", items.remove, name="desk_vote_item_remove"),
    path("projets/<int:item>/retirer/", items.withdraw, name="desk_vote_item_withdraw"),
    path("papier/", papers.papers, name="desk_vote_papers"),
    path("papier/<int:paper>/confirmer/", papers.confirm, name="desk_vote_paper_confirm"),
    path("papier/<int:paper>/enlever/", papers.take_out, name="desk_vote_paper_out"),
]
_votes: list[URLPattern | URLResolver] = [
    path("", votes.votes, name="desk_votes"),
    path("nouveau/", votes.new, name="desk_vote_new"),
    path("<int:number>/", include(_one)),
]

urlpatterns = [path("consultations/<slug:consultation>/votes/", include(_votes))]
