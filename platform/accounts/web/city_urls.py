"""One's account in a city."""

from django.urls import path

from accounts.web import views

urlpatterns = [
    path("bienvenue/", views.welcome, name="welcome"),
    path("compte/", views.account, name="account"),
]
