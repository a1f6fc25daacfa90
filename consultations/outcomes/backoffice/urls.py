"""The team's desk of outcomes. The words of the addresses are French."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from consultations.outcomes.backoffice import project_steps, projects, report

_one = [
    path("", projects.project, name="desk_project"),
    path("modifier/", projects.edit, name="desk_project_edit"),
    path("apercu/", projects.preview, name="desk_project_preview"),
    path("publier/", projects.publish, name="desk_project_publish"),
    path("supprimer/", projects.discard, name="desk_project_discard"),
    path("etat/", projects.state, name="desk_project_state"),
    path("etapes/", project_steps.add, name="desk_step_add"),
    path("etapes/<int:step>/deplacer/", project_steps.move, name="desk_step_move"),
    path("etapes/<int:step>/terminer/", project_steps.reach, name="desk_step_done"),
    path("etapes/<int:step>/supprimer/", project_steps.remove, name="desk_step_remove"),
    path("nouvelles/", project_steps.tell, name="desk_project_news"),
    path("nouvelles/<int:news>/retirer/", project_steps.take_back, name="desk_project_news_take_back"),
]
_projects: list[URLPattern | URLResolver] = [
    path("", projects.projects, name="desk_projects"),
    path("nouveau/", projects.new, name="desk_project_new"),
    re_path(r"^images/(?P<digest>[0-9a-f]{20})\.jpg$", projects.picture, name="desk_project_picture"),
    path("<slug:slug>/", include(_one)),
]

_report = [
    path("", report.report, name="desk_report"),
    path("texte/", report.takeaways, name="desk_takeaways"),
    re_path(r"^conseil[.](?P<kind>pdf|xlsx)$", report.council_pack, name="council_pack"),
]

urlpatterns = [
    path("consultations/<slug:consultation>/projets/", include(_projects)),
    path("consultations/<slug:consultation>/bilan/", include(_report)),
]
