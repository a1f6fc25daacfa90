"""Meetings: what is planned, one of them, one's own sign-up."""

from django.urls import path

from accounts.links import leads_to
from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.meetings.resident import views

_pages = [
    path("rendez-vous/", views.meetings, name="meetings"),
    path("rendez-vous.ics", views.all_calendar, name="meetings_calendar"),
    path("rendez-vous/inscription/<str:token>/", leads_to("own_sign_up"), name="own_sign_up_link"),
    path("rendez-vous/mon-inscription/<str:mark>/", views.own_sign_up, name="own_sign_up"),
    path("rendez-vous/<int:pk>/", views.meeting, name="meeting"),
    path("rendez-vous/<int:pk>/inscription/", views.sign_up, name="meeting_sign_up"),
    path("rendez-vous/<int:pk>/demande/", views.asked, name="meeting_asked"),
    path("rendez-vous/<int:pk>/rendez-vous.ics", views.calendar, name="meeting_calendar"),
]
urlpatterns = [tree("", _pages, city_visible)]
