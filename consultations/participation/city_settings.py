"""What people may do, by the dates that the city has set (common.city_settings)."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.city_settings import Section, setting
from common.requests import Request
from consultations.framing.abilities import FRAME
from consultations.framing.backoffice.chosen import address_in_chosen, chosen_consultation
from consultations.framing.selectors import calendar_of
from consultations.participation.open_now import open_now


@setting(
    Section.PARTICIPATION,
    gettext_lazy("Dates"),
    order=10,
    effect=gettext_lazy("By its dates, each phase opens or closes proposals, reactions and arguments."),
    roles=FRAME.roles,
    url_name="desk_consultation",
    url=address_in_chosen("desk_consultation"),
    queries=2,
)
def dates(request: Request) -> str | None:
    found = chosen_consultation(request)
    if found is None:
        return None
    said = open_now(calendar_of(found, at=timezone.now()))
    return _("“%(title)s”: “%(said)s”") % {"title": found.title, "said": said}
