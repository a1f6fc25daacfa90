"""What a city takes with it of the kit (common.citycopy): figures, places and numbers; files are made anew."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.kit.models import ScanDay, SheetPart, SheetRun, Spot

in_city_copies(
    Spot, title=_("Where posters, flyers and forms were put up"), shared="id consultation_id support name created_at"
)
in_city_copies(
    ScanDay,
    title=_("How often the short address of each support was opened, day by day"),
    shared="id consultation_id support spot day count",
)
in_city_copies(
    SheetRun,
    title=_("Numbered paper forms that were printed"),
    shared="id consultation_id first last spot made_at",
    complete="made_by_id",
)
in_city_copies(SheetPart, never="id run_id first last content")

in_words(
    {
        "support": _("what the address stands on (a poster, d flyer, f paper form, c letter, p slides …)"),
        "kit_spot.name": _("name of the place"),
        "spot": _("number of the place; 0, none of its own"),
        "kit_scanday.day": _("the day"),
        "kit_scanday.count": _("how often it was opened"),
        "kit_sheetrun.first": _("number of the first sheet"),
        "kit_sheetrun.last": _("number of the last sheet"),
        "kit_sheetrun.made_by_id": _("who had them printed"),
        "kit_sheetrun.made_at": _("when they were asked for"),
    }
)
