"""A contact of the address book comes, or wants no more messages. It has no account."""

from django.urls import path

from consultations.contacts.resident import stopping, visiting

urlpatterns = [
    path("i/<int:contact>-<int:consultation>/", visiting.visit_by_number, name="contact_visit_by_number"),
    path("i/<slug:tag>-<int:consultation>/", visiting.visit, name="contact_visit"),
    path("ne-plus-ecrire/<str:token>/", stopping.stop, name="contact_stop"),
    path("ne-plus-ecrire/lien/<str:mark>/", stopping.stop_by_link, name="contact_stop_by_link"),
]
