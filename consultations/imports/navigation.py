"""Where imports are in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Group, Menu, in_menu
from consultations.framing.abilities import FRAME

in_menu(
    Menu.DESK,
    "desk_imports",
    _("Import"),
    order=90,
    group=Group.FRAME,
    roles=FRAME.roles,
    inside="desk_import desk_import_*",
)
