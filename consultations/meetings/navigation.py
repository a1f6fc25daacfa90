"""Where meetings are in the menus."""

from django.utils.translation import pgettext_lazy

from common.navigation import Group, Menu, in_menu
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen
from consultations.meetings.abilities import RUN_MEETINGS

in_menu(
    Menu.DESK,
    "desk_meetings",
    pgettext_lazy("menu", "Meetings"),
    order=45,
    group=Group.DIALOGUE,
    roles=RUN_MEETINGS.roles,
    inside="desk_meeting desk_meeting_*",
    when=has_chosen,
    url=address_in_chosen("desk_meetings"),
)
