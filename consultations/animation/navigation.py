"""Where one's own participation is in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu

in_menu(Menu.ACCOUNT, "my_participation", _("My participation"), order=10)
