"""Where the address book is in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Group, Menu, in_menu
from consultations.contacts.abilities import KEEP_CONTACTS

in_menu(
    Menu.DESK,
    "desk_contacts",
    _("Address book"),
    order=44,
    group=Group.DIALOGUE,
    roles=KEEP_CONTACTS.roles,
    inside="desk_contact desk_contact_* desk_contacts_*",
)
