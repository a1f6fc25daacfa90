"""What a city takes with it of its lists of the week (common.citycopy)."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.worklist.models import ListedThing, MondayList, PhaseTold

in_city_copies(MondayList, title=_("Lists of the week of those who animate"), complete="id monday made_at mailed")
in_city_copies(
    ListedThing, title=_("What stood in these lists"), complete="id of_id consultation_id key title position"
)
in_city_copies(
    PhaseTold,
    title=_("Of which phases it was told that they begin or end"),
    complete="id consultation_id kind begins moment told_at",
)
in_words(
    {
        "worklist_phasetold.kind": _("which phase it is"),
        "worklist_phasetold.begins": _("whether it begins; else it ends soon"),
        "worklist_phasetold.moment": _("when it begins or ends"),
        "worklist_phasetold.told_at": _("when that was told"),
        "worklist_mondaylist.monday": _("of which Monday"),
        "worklist_mondaylist.made_at": _("when it was made"),
        "worklist_mondaylist.mailed": _("to how many people it was mailed"),
        "worklist_listedthing.of_id": _("number of the list"),
        "worklist_listedthing.key": _("which line it is"),
        "worklist_listedthing.title": _("the line in words, as it was then"),
        "worklist_listedthing.position": _("its place in the list"),
    }
)
