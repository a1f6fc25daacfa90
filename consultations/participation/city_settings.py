"""What people may do, by the dates that the city has set, and what it takes along of it (common.city_settings)."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.city_settings import Section, setting
from common.requests import Request
from consultations.framing.abilities import FRAME
from consultations.framing.backoffice.chosen import address_in_chosen, chosen_consultation
from consultations.framing.selectors import calendar_of
from consultations.participation.abilities import EXPORT_CONTRIBUTIONS
from consultations.participation.backoffice.views_shown import contributions_url
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


@setting(
    Section.DATA,
    gettext_lazy("Spreadsheet of contributions"),
    order=40,
    effect=gettext_lazy("Nothing changes for people. A copy of the platform is no spreadsheet: this is one."),
    roles=EXPORT_CONTRIBUTIONS.roles,
    url_name="desk_contributions",
    url=contributions_url,
)
def spreadsheet(request: Request) -> str:
    return _("Made from the list of contributions, of those that it finds (xlsx or CSV)")
