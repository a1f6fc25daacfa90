"""What programs of the team may do (common.city_settings)."""

from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from accounts.abilities import SEE_DESK
from common.city_settings import Section, setting
from common.requests import Request
from common.text import in_figures
from rest.selectors import holding, team_tokens


@setting(
    Section.TEAM,
    gettext_lazy("Keys of the API"),
    order=30,
    effect=gettext_lazy("A program with a key does what its person may do, in their name."),
    roles=SEE_DESK.roles,
    url_name="desk_keys",
    queries=1,
)
def keys(request: Request) -> str:
    count = holding(team_tokens(), at=timezone.now()).count()
    return ngettext("%(count)s key", "%(count)s keys", count) % {"count": in_figures(count)}
