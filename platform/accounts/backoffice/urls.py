"""The city's team."""

from django.urls import path

from accounts.backoffice import journal, roles, views

urlpatterns = [
    path("journal/", journal.desk_trail, name="desk_trail"),
    path("equipe/", views.team, name="desk_team"),
    path("equipe/roles/", roles.who_may, name="desk_roles"),
    path("equipe/invitations/<int:pk>/renvoyer/", views.invite_again, name="desk_team_invite_again"),
    path("equipe/invitations/<int:pk>/retirer/", views.withdraw_invitation, name="desk_team_withdraw"),
    path("equipe/<int:pk>/role/", views.change_role, name="desk_team_role"),
    path("equipe/<int:pk>/fonction/", views.change_function, name="desk_team_function"),
    path("equipe/<int:pk>/retirer/", views.remove, name="desk_team_remove"),
    path("equipe/acces/", views.give_way_back_by_address, name="desk_team_way_back_by_address"),
    path("equipe/<int:pk>/acces/", views.give_way_back, name="desk_team_way_back"),
]
