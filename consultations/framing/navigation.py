"""Where a consultation, its challenges and its legal pages are in the menus."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.abilities import SEE_DESK
from accounts.permissions import signed_in_user
from common.context import accessibility_mention
from common.navigation import Group, Menu, in_menu
from common.requests import Request
from consultations.framing.abilities import DISCUSS, FRAME
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen
from consultations.framing.context import challenges_url, has_consultation
from consultations.framing.permissions import discusses


def _discusses(request: Request) -> bool:
    return has_chosen(request) and discusses(user=signed_in_user(request), municipality=request.tenant)


in_menu(
    Menu.CITY,
    "home",
    _("Challenges"),
    order=10,
    fragment="defis",
    inside="challenge",
    when=has_consultation,
    url=challenges_url,
)
in_menu(Menu.CITY_FOOT, "charter", _("Participation charter"), order=10)
in_menu(Menu.CITY_FOOT, "privacy", _("Your data"), order=20)
in_menu(Menu.CITY_FOOT, "legal_notices", _("Legal notices"), order=30)
in_menu(Menu.CITY_FOOT, "accessibility", lazy(accessibility_mention, str)(), order=40)
in_menu(
    Menu.DESK,
    "desk_consultations",
    _("Consultations"),
    order=10,
    group=Group.FRAME,
    roles=SEE_DESK.roles,
    inside="desk_prepare desk_prolong desk_close desk_archive desk_give_up desk_preview desk_ready",
)
in_menu(
    Menu.DESK,
    "desk_consultation",
    _("Texts and dates"),
    order=20,
    group=Group.FRAME,
    roles=FRAME.roles,
    inside="desk_documents",
    when=has_chosen,
    url=address_in_chosen("desk_consultation"),
)
in_menu(
    Menu.DESK,
    "desk_challenges",
    _("Challenges"),
    order=30,
    group=Group.FRAME,
    roles=DISCUSS.roles,
    inside="desk_challenge desk_challenge_* desk_margin_*",
    when=_discusses,
    url=address_in_chosen("desk_challenges"),
)
