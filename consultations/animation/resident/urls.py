"""A participant's own pages. The words of the addresses are French."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
