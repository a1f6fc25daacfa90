"""Where the operators' fleet is in the menus."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import OPERATE
from common.navigation import Menu, in_menu

in_menu(Menu.SITE_OWN, "ops_fleet", _("Fleet"), order=10, roles=OPERATE.roles)
in_menu(Menu.OPS, "ops_fleet", _("Fleet"), order=10)
in_menu(Menu.OPS, "ops_reservations", _("Reserved names"), order=40)
in_menu(Menu.OPS, "components", _("Components"), order=90)
