"""Where bringing proposals together is in the desk's menu."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Group, Menu, in_menu
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen
from consultations.participation.abilities import FACILITATE

in_menu(
    Menu.DESK,
    "desk_merge_of",
    _("Bring together"),
    order=30,
    group=Group.DIALOGUE,
    roles=FACILITATE.roles,
    inside="desk_merge",
    when=has_chosen,
    url=address_in_chosen("desk_merge_of"),
)
