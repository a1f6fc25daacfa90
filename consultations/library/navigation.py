"""Where the sets of challenges are in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu

in_menu(Menu.SITE, "library", _("The challenges"), order=20)
in_menu(Menu.OPS, "ops_library", _("Library"), order=50, inside="ops_library_*")
