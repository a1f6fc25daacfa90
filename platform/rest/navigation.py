"""Where operators' keys are in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu

in_menu(Menu.OPS, "ops_keys", _("Keys of the API"), order=70)
