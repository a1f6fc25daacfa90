from django.urls import path

from consultations.library.web import views

urlpatterns = [
    path("", views.library, name="library"),
    path("<slug:code>/", views.challenge_set, name="library_set"),
]
