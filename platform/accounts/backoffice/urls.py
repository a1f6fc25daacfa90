"""The city's team."""

from django.urls import path

from accounts.backoffice import journal, roles, views

urlpatterns = [
    path("journal/", journal.desk_trail, name="desk_trail"),
    path("equipe/", views.team, name="desk_team"),
    path("equipe/roles/", roles.who_may, name="desk_roles"),
    path("equipe/<int:pk>/role/", views.change_role, name="desk_team_role"),
    path("equipe/<int:pk>/retirer/", views.remove, name="desk_team_remove"),
    path("equipe/acces/", views.give_way_back_by_address, name="desk_team_way_back_by_address"),
    path("equipe/<int:pk>/acces/", views.give_way_back, name="desk_team_way_back"),
]
