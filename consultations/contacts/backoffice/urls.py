"""The address book, at the desk. The words of the addresses are French."""

from django.urls import include, path

from consultations.contacts.backoffice import contacts

_one = [
    path("", contacts.contact, name="desk_contact"),
    path("modifier/", contacts.edit, name="desk_contact_edit"),
    path("noter/", contacts.note, name="desk_contact_note"),
    path("accord/", contacts.willing, name="desk_contact_willing"),
    path("supprimer/", contacts.delete, name="desk_contact_delete"),
]
urlpatterns = [
    path("carnet/", contacts.contacts, name="desk_contacts"),
    path("carnet/nouveau/", contacts.new, name="desk_contact_new"),
    path("carnet/<int:pk>/", include(_one)),
]
