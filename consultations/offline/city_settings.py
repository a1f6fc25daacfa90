"""Whether a colleague reads each sheet (common.city_settings)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.city_settings import Section, setting
from common.requests import Request
from consultations.framing.abilities import FRAME
from consultations.framing.backoffice.chosen import address_in_chosen, chosen_consultation
from consultations.offline.selectors import reads_twice


@setting(
    Section.PARTICIPATION,
    gettext_lazy("Sheets typed for people"),
    order=30,
    effect=gettext_lazy("What people give on paper is public once it is typed, or once a colleague has read it."),
    roles=FRAME.roles,
    url_name="desk_entry_rule",
    url=address_in_chosen("desk_entry_rule"),
    queries=3,
)
def second_reading(request: Request) -> str | None:
    found = chosen_consultation(request)
    if found is None:
        return None
    said = _("“%(title)s”: a colleague reads each") if reads_twice(found) else _("“%(title)s”: public once typed")
    return said % {"title": found.title}
