"""What residents read of outcomes. The words of the addresses are French."""

from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.outcomes.resident import answers, feeds, projects, results

_to_read = [
    path("consultations/<slug:slug>/reponses.atom", feeds.answers, name="answers_feed"),
    path("projets.atom", feeds.projects, name="projects_feed"),
    path("reponses/", answers.answers, name="answers"),
    path("consultations/<slug:slug>/reponses/", answers.answers, name="answers_of"),
    path("resultats/", results.results, name="results"),
    path("consultations/<slug:slug>/resultats/", results.results_of_one, name="results_of"),
    path("projets/", projects.projects, name="projects"),
    re_path(r"^projets/images/(?P<digest>[0-9a-f]{20})\.jpg$", projects.picture, name="project_picture"),
    path("projets/<slug:slug>/", projects.project, name="project"),
]
_to_write = [
    path("projets/<slug:slug>/suivre/", projects.follow, name="project_follow"),
]

urlpatterns = [
    tree("", _to_read, city_visible),
    tree("", _to_write, never_cache, city_visible),
]
