"""Where bringing proposals together is in the desk's menu."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu
from consultations.participation.abilities import FACILITATE

in_menu(Menu.DESK, "desk_merge", _("Bring together"), order=40, roles=FACILITATE.roles)
