"""The address book, at the desk. The words of the addresses are French."""

from django.urls import include, path

from consultations.contacts.backoffice import contacts, importing, writing

_one = [
    path("", contacts.contact, name="desk_contact"),
    path("modifier/", contacts.edit, name="desk_contact_edit"),
    path("lettre/", writing.letter, name="desk_contact_letter"),
    path("noter/", contacts.note, name="desk_contact_note"),
    path("accord/", contacts.willing, name="desk_contact_willing"),
    path("supprimer/", contacts.delete, name="desk_contact_delete"),
]
urlpatterns = [
    path("carnet/", contacts.contacts, name="desk_contacts"),
    path("carnet/nouveau/", contacts.new, name="desk_contact_new"),
    path("carnet/ecrire/", writing.write, name="desk_contacts_write"),
    path("carnet/importer/", importing.start, name="desk_contacts_import"),
    path("carnet/importer/<int:pk>/", importing.batch, name="desk_contacts_batch"),
    path("carnet/importer/<int:pk>/ajouter/", importing.take_up, name="desk_contacts_take_up"),
    path("carnet/importer/<int:pk>/annuler/", importing.undo, name="desk_contacts_undo"),
    path("carnet/<int:pk>/", include(_one)),
]
