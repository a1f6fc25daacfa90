"""Where the QR codes of printed things lead; typed by hand, with or without a slash."""

from django.urls import re_path

from consultations.kit.resident import views

urlpatterns = [re_path(r"^v/(?P<tag>[A-Za-z0-9-]{1,60})/?$", views.short, name="kit_short")]
