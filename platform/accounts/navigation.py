"""Menu entries: signing in, one's own pages, the team."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.abilities import MANAGE_TEAM, READ_JOURNAL
from common.navigation import Group, Menu, in_menu


def _is_visitor(request: HttpRequest) -> bool:
    return not request.user.is_authenticated


in_menu(Menu.ACCOUNT, "account", _("My space"), order=20)
in_menu(
    Menu.DESK,
    "desk_team",
    _("Team"),
    order=10,
    group=Group.PLATFORM,
    roles=MANAGE_TEAM.roles,
    inside="desk_team_*",
)
in_menu(Menu.DESK, "desk_trail", _("Journal"), order=20, group=Group.PLATFORM, roles=READ_JOURNAL.roles)
in_menu(Menu.SITE_FOOT_OWN, "sign_in", _("Team access"), order=10, when=_is_visitor)
