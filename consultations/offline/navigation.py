"""Where offline entry is in the menus; receipts are found at the foot of every page."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Group, Menu, in_menu
from consultations.offline.abilities import ENTER_SHEETS

in_menu(
    Menu.DESK,
    "desk_offline",
    _("Offline entry"),
    order=50,
    group=Group.DIALOGUE,
    roles=ENTER_SHEETS.roles,
    inside="desk_sheets desk_sheets_* desk_sheet",
)
in_menu(Menu.CITY_FOOT, "offline_receipt", _("Follow what I gave on paper"), order=45)
