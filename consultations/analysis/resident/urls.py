"""What residents read of analysis. The words of the addresses are French."""

from django.urls import path

from common.trees import tree
from consultations.analysis.resident import figures, synthesis, together
from consultations.framing.permissions import city_visible

_to_read = [
    path("ce-qui-rassemble/", together.what_brings_together, name="together"),
    path("ce-qui-rassemble/methode/", together.method, name="together_method"),
    path("consultations/<slug:slug>/ce-qui-rassemble/", together.of_one, name="together_of"),
    path("consultations/<slug:slug>/chiffres/", figures.figures, name="figures_of"),
    path("consultations/<slug:slug>/chiffres/chiffres.csv", figures.figures_csv, name="figures_csv"),
]

_of_synthesis = "consultations/<slug:slug>/syntheses/<slug:challenge>/"
_syntheses = [
    path(_of_synthesis, synthesis.synthesis, name="synthesis"),
    path(f"{_of_synthesis}versions/", synthesis.versions, name="synthesis_versions"),
    path(f"{_of_synthesis}versions/<int:number>/", synthesis.version, name="synthesis_version"),
    path(f"{_of_synthesis}rapport.pdf", synthesis.report, name="synthesis_report"),
]

_to_write = [path("compte/analyses/", together.leaving, name="leaving_analyses")]

urlpatterns = [
    tree("", [*_to_read, *_syntheses], city_visible),
    tree("", _to_write, city_visible),
]
