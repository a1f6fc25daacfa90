"""What the API says of itself."""

from django.urls import path

from rest.api import views

urlpatterns = [
    path("openapi.json", views.contract, name="api_contract"),
    path("me/", views.Me.as_view(), name="api_me"),
]
