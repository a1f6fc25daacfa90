"""Where campaigns are in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Group, Menu, in_menu
from consultations.animation.abilities import RUN_CAMPAIGNS

in_menu(
    Menu.DESK,
    "desk_campaigns",
    _("Campaigns"),
    order=40,
    group=Group.DIALOGUE,
    roles=RUN_CAMPAIGNS.roles,
    inside="desk_campaign desk_campaign_*",
)
