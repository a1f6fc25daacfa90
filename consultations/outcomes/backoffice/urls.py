"""The team's desk of outcomes. The words of the addresses are French."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from consultations.outcomes.backoffice import (
    answering,
    listing,
    opinions,
    project_steps,
    projects,
    report,
    signing,
    together,
)

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
    path("images/<slug:digest>.jpg", projects.picture, name="desk_project_picture"),
    path("<slug:slug>/", include(_one)),
]

_answers = [
    path("", listing.answers, name="desk_answers"),
    path("confier/", listing.assign, name="desk_answers_assign"),
    path("demander-un-avis/", listing.ask, name="desk_answers_ask"),
    path("ensemble/", together.together, name="desk_answers_together"),
    path("signer/", signing.sign, name="desk_sign"),
    path("signer/<int:pk>/renvoyer/", signing.back, name="desk_sign_back"),
    path("<int:pk>/", answering.answer, name="desk_answer"),
    path("<int:pk>/retard/", answering.late, name="desk_answer_late"),
    path("<int:pk>/laisser/", answering.give_up, name="desk_answer_give_up"),
    path("avis/<int:pk>/", answering.opinion_request, name="desk_opinion"),
]

_report = [
    path("", report.report, name="desk_report"),
    path("texte/", report.takeaways, name="desk_takeaways"),
    re_path(r"^conseil[.](?P<kind>pdf|xlsx)$", report.council_pack, name="council_pack"),
]

urlpatterns = [
    path("consultations/<slug:consultation>/reponses/", include(_answers)),
    path("consultations/<slug:consultation>/projets/", include(_projects)),
    path("consultations/<slug:consultation>/bilan/", include(_report)),
    path("avis/", opinions.opinions, name="opinions"),
    path("avis/<int:pk>/", opinions.opinion, name="opinion"),
]
