"""Where a city's addresses and export, and the operators' fleet, are in the menus."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import OPERATE
from common.navigation import Menu, in_menu
from tenants.abilities import MANAGE_ADDRESS, TAKE_COPIES

in_menu(Menu.DESK, "desk_address", _("Address"), order=80, roles=MANAGE_ADDRESS.roles)
in_menu(Menu.DESK, "desk_export", _("Export"), order=90, roles=TAKE_COPIES.roles)
in_menu(Menu.SITE_OWN, "ops_fleet", _("Fleet"), order=10, roles=OPERATE.roles)
in_menu(Menu.OPS, "ops_fleet", _("Fleet"), order=10)
in_menu(Menu.OPS, "ops_reservations", _("Reserved names"), order=40)
in_menu(Menu.OPS, "components", _("Components"), order=90)
