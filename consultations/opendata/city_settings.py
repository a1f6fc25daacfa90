"""What a city takes to its own site (common.city_settings)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.abilities import SEE_DESK
from common.city_settings import Section, setting
from common.requests import Request
from consultations.framing.backoffice.chosen import address_in_chosen, chosen_consultation


@setting(
    Section.DATA,
    gettext_lazy("On your site, and open data"),
    order=30,
    effect=gettext_lazy("People find the consultation on your own site, and take its data along."),
    roles=SEE_DESK.roles,
    url_name="desk_on_your_site",
    url=address_in_chosen("desk_on_your_site"),
    queries=2,
)
def on_your_site(request: Request) -> str | None:
    found = chosen_consultation(request)
    if found is None:
        return None
    return _("The code to copy, the feeds and the files of “%(title)s”") % {"title": found.title}
