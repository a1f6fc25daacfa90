from django.urls import path

from consultations.screening.ops import views

urlpatterns = [
    path("lexique/", views.lexicon, name="ops_lexicon"),
    path("lexique/modifier/", views.edit, name="ops_lexicon_edit"),
    path("lexique/essayer/", views.attempt, name="ops_lexicon_try"),
    path("lexique/versions/<int:number>/", views.version, name="ops_lexicon_version"),
]
