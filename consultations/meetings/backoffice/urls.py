"""Meetings, at the desk. The words of the addresses are French."""

from django.urls import include, path

from consultations.meetings.backoffice import meetings, people, report

_one = [
    path("", meetings.meeting, name="desk_meeting"),
    path("modifier/", meetings.edit, name="desk_meeting_edit"),
    path("publier/", meetings.publish, name="desk_meeting_publish"),
    path("annuler/", meetings.cancel, name="desk_meeting_cancel"),
    path("supprimer/", meetings.discard, name="desk_meeting_discard"),
    path("inscrits/", people.people, name="desk_meeting_people"),
    path("inscrits/ajouter/", people.enter, name="desk_meeting_enter"),
    path("inscrits/feuille.pdf", people.sheet, name="desk_meeting_sheet"),
    path("inscrits/<int:person>/", people.person, name="desk_meeting_person"),
    path("compte-rendu/", report.report, name="desk_meeting_report"),
    path("contributions/", report.said, name="desk_meeting_said"),
    path("contributions/<int:said>/retirer/", report.said_remove, name="desk_meeting_said_remove"),
]
urlpatterns = [
    path("consultations/<slug:consultation>/rendez-vous/", meetings.meetings, name="desk_meetings"),
    path("consultations/<slug:consultation>/rendez-vous/nouveau/", meetings.new, name="desk_meeting_new"),
    path("consultations/<slug:consultation>/rendez-vous/<int:pk>/", include(_one)),
]
