"""The team's desk of analysis. The words of the addresses are French."""

from django.urls import include, path, re_path

from consultations.analysis.backoffice import figures, runs, synthesis, topics

_topics = [
    path("", topics.topics, name="desk_topics"),
    path("<slug:challenge>/nouveaux/", topics.difference, name="desk_topic_difference"),
    path("<slug:challenge>/nouveaux/choisir/", topics.settle, name="desk_topic_settle"),
    path("<slug:challenge>/corrections/<int:correction>/annuler/", topics.undo, name="desk_topic_undo"),
    path("<slug:challenge>/<int:number>/", topics.topic, name="desk_topic"),
    path("<slug:challenge>/<int:number>/corriger/", topics.correct, name="desk_topic_correct"),
]
_groups = [
    path("", runs.groups, name="desk_groups"),
    path("<int:run>/publier/", runs.publish, name="desk_groups_publish"),
    path("retirer/", runs.withdraw, name="desk_groups_withdraw"),
]
_runs = [
    path("<slug:kind>/lancer/", runs.start, name="desk_analysis_run"),
    path("<slug:kind>/annuler/", runs.cancel, name="desk_analysis_cancel"),
]
_figures = [
    path("", figures.figures, name="desk_figures"),
    path("publier/", figures.dashboard, name="desk_figures_set"),
    re_path(r"^chiffres[.](?P<kind>csv|xlsx)$", figures.figures_file, name="desk_figures_file"),
]
_syntheses = [
    path("", synthesis.syntheses, name="desk_syntheses"),
    path("<slug:challenge>/", synthesis.synthesis, name="desk_synthesis"),
    path("<slug:challenge>/composer/", synthesis.begin, name="desk_synthesis_begin"),
    path("<slug:challenge>/enregistrer/", synthesis.save, name="desk_synthesis_save"),
    path("<slug:challenge>/relire/", synthesis.review, name="desk_synthesis_review"),
    path("<slug:challenge>/publier/", synthesis.publish, name="desk_synthesis_publish"),
    path("<slug:challenge>/retirer/", synthesis.withdraw, name="desk_synthesis_withdraw"),
]

urlpatterns = [
    path("consultations/<slug:consultation>/chiffres/", include(_figures)),
    path("population/", figures.population, name="desk_population"),
    path("consultations/<slug:consultation>/ce-qui-rassemble/", include(_groups)),
    path("consultations/<slug:consultation>/analyses/", include(_runs)),
    path("consultations/<slug:consultation>/themes/", include(_topics)),
    path("consultations/<slug:consultation>/syntheses/", include(_syntheses)),
]
