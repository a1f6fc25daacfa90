"""Where moderation is in the menus."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import signed_in_user
from common.navigation import Group, Menu, in_menu
from common.requests import Request
from consultations.delegation.selectors import how_many_wait
from consultations.moderation.abilities import MODERATE
from consultations.moderation.permissions import moderates_somewhere
from consultations.moderation.selectors.queue import waiting_for

in_menu(
    Menu.CITY_FOOT,
    "moderation_register",
    _("Register of moderation"),
    order=15,
    when=lambda request: request.tenant.is_open,
)


def _moderates(request: Request) -> bool:
    return moderates_somewhere(user=signed_in_user(request))


def _waiting(request: Request) -> int:
    return waiting_for(signed_in_user(request)).count()


in_menu(
    Menu.DESK,
    "desk_moderation",
    _("Moderation"),
    order=10,
    group=Group.DIALOGUE,
    roles=MODERATE.roles,
    inside="desk_case desk_moderation_*",
    when=_moderates,
    count=_waiting,
    queries=2,
)


def _waiting_for_us(request: Request) -> int:
    return how_many_wait()


in_menu(Menu.OPS, "ops_moderation", _("Moderation"), order=35, count=_waiting_for_us, queries=1)
in_menu(Menu.OPS, "ops_framing", _("Framing"), order=37)
