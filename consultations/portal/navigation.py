"""Where the pages of several subjects are in the menus."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import SEE_ASSIGNED, SEE_DESK
from common.city_settings import settings_pages
from common.mine import shown_at
from common.navigation import Group, Menu, in_menu
from common.requests import Request
from consultations.framing.backoffice.chosen import this_week_url
from consultations.framing.weeks import week_shown_at


def _is_not_anonymous(request: Request) -> bool:
    return not request.tenant.is_anonymous


in_menu(Menu.CITY, "how_it_works", _("How it works"), order=30, when=_is_not_anonymous)
shown_at("my_participation")
week_shown_at("desk_of")
in_menu(Menu.ACCOUNT, "my_participation", _("My participation"), order=10)
in_menu(Menu.ACCOUNT, "desk", _("Team desk"), order=30, roles=SEE_ASSIGNED.roles)
in_menu(Menu.DESK, "desk", _("What is assigned to you"), order=10, roles=SEE_ASSIGNED.roles - SEE_DESK.roles)
in_menu(Menu.DESK, "desk", _("This week"), order=10, roles=SEE_DESK.roles, inside="desk_of", url=this_week_url)
in_menu(
    Menu.DESK,
    "desk_settings",
    _("Settings"),
    order=30,
    group=Group.PLATFORM,
    roles=SEE_DESK.roles,
    inside=settings_pages,
)
