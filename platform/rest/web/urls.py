"""The operators' API in words, where problems of the service's own site point."""

from django.urls import path

from rest.web import views

urlpatterns = [path("api/", views.page, name="service_api")]
