"""Where the kit is in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Group, Menu, in_menu
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen
from consultations.kit.abilities import MOBILISE

in_menu(
    Menu.DESK,
    "desk_kit",
    _("Make it known"),
    order=42,
    group=Group.DIALOGUE,
    roles=MOBILISE.roles,
    inside="desk_kit_*",
    when=has_chosen,
    url=address_in_chosen("desk_kit"),
)
