"""What a city sets once of its figures (common.city_settings)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.city_settings import Section, setting
from common.requests import Request
from consultations.analysis.abilities import SET_FIGURES
from consultations.analysis.models import Population


@setting(
    Section.PARTICIPATION,
    gettext_lazy("Population"),
    order=30,
    effect=gettext_lazy("With it, figures say who is missing among those who take part."),
    roles=SET_FIGURES.roles,
    url_name="desk_population",
    queries=1,
)
def population(request: Request) -> str:
    kept = Population.objects.only("source", "year").first()
    return _("%(source)s, %(year)s") % {"source": kept.source, "year": kept.year} if kept else _("Not entered")
