from django.urls import path

from consultations.library.web import views

urlpatterns = [
    path("bibliotheque/", views.library, name="library"),
    path("bibliotheque/<slug:code>/", views.challenge_set, name="library_set"),
]
