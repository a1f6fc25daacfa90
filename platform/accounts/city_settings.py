"""What a city sets of its team (common.city_settings)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.abilities import MANAGE_TEAM, SEE_DESK
from accounts.enums import TEAM_ROLES
from accounts.models import User
from accounts.permissions import signed_in_user
from accounts.selectors import waiting_invitations
from common.city_settings import Section, setting
from common.requests import Request
from common.text import in_figures


@setting(
    Section.TEAM,
    gettext_lazy("Team"),
    order=10,
    effect=gettext_lazy(
        "It prepares, moderates and answers. What it writes in public carries a badge of the authority."
    ),
    roles=MANAGE_TEAM.roles,
    url_name="desk_team",
    queries=2,
)
def team(request: Request) -> str:
    people, waiting = User.objects.filter(role__in=TEAM_ROLES).count(), len(waiting_invitations())
    said = ngettext("%(count)s person", "%(count)s people", people) % {"count": in_figures(people)}
    if not waiting:
        return said
    invited = ngettext("%(count)s invitation waits", "%(count)s invitations wait", waiting)
    return f"{said}, {invited % {'count': in_figures(waiting)}}"


@setting(
    Section.TEAM,
    gettext_lazy("Who may do what"),
    order=20,
    effect=gettext_lazy("A role says who of the team may change, hide or export what people write."),
    roles=SEE_DESK.roles,
    url_name="desk_roles",
)
def roles(request: Request) -> str:
    return _("Your role: %(role)s") % {"role": str(signed_in_user(request).get_role_display()).lower()}
