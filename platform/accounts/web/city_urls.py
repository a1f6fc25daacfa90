"""One's account in a city."""

from django.urls import path

from accounts.limits import DEFENCE
from accounts.links import leads_to
from accounts.web import joining, leaving, own, views
from common.limits import limited_by
from common.states import Answers, answers
from common.trees import tree

# The rights of persons stop in no state: their address, their copy, leaving.
_rights = [
    path("compte/adresse/", own.address, name="own_address"),
    path("compte/adresse/code/", own.address_code, name="own_address_code"),
    path("compte/adresse/annuler/", own.address_cancel, name="own_address_cancel"),
    path("compte/adresse/reprendre/<str:token>/", leads_to("own_address_undo_by_link"), name="own_address_undo"),
    path("compte/adresse/retablir/<str:mark>/", own.address_undo, name="own_address_undo_by_link"),
    path("compte/journal/", own.journal, name="own_journal"),
    path("compte/donnees/", own.data, name="own_data"),
    path("compte/supprimer/", limited_by(DEFENCE, by_session=True)(leaving.choose), name="own_leaving"),
    path("compte/supprimer/confirmer/", limited_by(DEFENCE, by_session=True)(leaving.confirm), name="own_leaving_last"),
    path("compte/supprime/", leaving.left, name="own_left"),
]
urlpatterns = [
    # Whoever frames a city that nobody has verified yet does so with others.
    tree(
        "equipe/",
        [
            path("invitation/<str:token>/", leads_to("join_team"), name="team_invitation"),
            path("rejoindre/<str:mark>/", joining.join_team, name="join_team"),
        ],
        answers(Answers.UNVERIFIED),
    ),
    path("bienvenue/", views.welcome, name="welcome"),
    path("compte/", views.account, name="account"),
    path("compte/fonction/", own.function, name="own_function"),
    tree("", _rights, answers(Answers.IN_EVERY_STATE)),
]
