"""Where open data is in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu

in_menu(Menu.CITY_FOOT, "open_data", _("Open data"), order=17, when=lambda request: request.tenant.is_open)
