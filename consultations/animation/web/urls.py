"""Where the mail provider tells what came back, on the service's own address."""

from django.urls import path

from consultations.animation.web import views

urlpatterns = [
    path("courriel/retours/<slug:provider>/", views.mail_events, name="mail_events"),
]
