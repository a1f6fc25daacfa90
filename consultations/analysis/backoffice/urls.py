"""The team's desk of analysis. The words of the addresses are French."""

from django.urls import include, path

from consultations.analysis.backoffice import topics

_topics = [
    path("", topics.topics, name="desk_topics"),
    path("<slug:challenge>/nouveaux/", topics.difference, name="desk_topic_difference"),
    path("<slug:challenge>/nouveaux/choisir/", topics.settle, name="desk_topic_settle"),
    path("<slug:challenge>/corrections/<int:correction>/annuler/", topics.undo, name="desk_topic_undo"),
    path("<slug:challenge>/<int:number>/", topics.topic, name="desk_topic"),
    path("<slug:challenge>/<int:number>/corriger/", topics.correct, name="desk_topic_correct"),
]

urlpatterns = [
    path("consultations/<slug:consultation>/themes/", include(_topics)),
]
