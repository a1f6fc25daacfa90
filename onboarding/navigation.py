"""Where the public site's pages, and what operators do for new cities, are in the menus."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.context import accessibility_mention
from common.navigation import Menu, in_menu

in_menu(Menu.SITE, "landing", _("The method"), order=10, fragment="methode")
in_menu(Menu.SITE, "landing", _("The price"), order=30, fragment="prix")
in_menu(Menu.SITE_FOOT, "service_legal", _("Legal notices"), order=10)
in_menu(Menu.SITE_FOOT, "service_terms", _("Terms of use"), order=20)
in_menu(Menu.SITE_FOOT, "service_privacy", _("Personal data"), order=30)
in_menu(Menu.SITE_FOOT, "service_accessibility", lazy(accessibility_mention, str)(), order=40)
in_menu(Menu.OPS, "ops_runs", _("Provisioning"), order=20)
in_menu(Menu.OPS, "ops_verifications", _("Verifications"), order=30)
