"""Where offline entry is in the menus; receipts are found at the foot of every page."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Group, Menu, in_menu
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen
from consultations.offline.abilities import ENTER_SHEETS

in_menu(
    Menu.DESK,
    "desk_entries",
    _("Offline entry"),
    order=50,
    group=Group.DIALOGUE,
    roles=ENTER_SHEETS.roles,
    when=has_chosen,
    url=address_in_chosen("desk_entries"),
    inside="desk_offline desk_entry desk_entry_*",
)
in_menu(
    Menu.CITY_FOOT,
    "offline_receipt",
    _("Follow what I gave on paper"),
    order=45,
    # Nobody has given anything before the city opens.
    when=lambda request: request.tenant.is_open,
)
