"""How long what is kept of analysis stays (common.retention)."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps
from consultations.analysis.models import AnalysisRun
from consultations.analysis.services.running import give_up_waiting, untaken

_RESULTS = keeps(
    145,
    _("What analyses of reactions found: counts, and points without a name"),
    _("To say what brings people together, and what they see differently. Nobody reads who is in which group."),
    _("The last five of each consultation, and the one that is published: as long as the platform."),
)
keeps(
    1455,
    _("That you are in the counts of who took part"),
    _("So that nobody is counted twice, nor found out by what changes in them."),
    _("As long as your account."),
)
keeps(
    146,
    _("That you want no part in analyses"),
    _("To leave your reactions out of them."),
    _("Until you come back, or leave."),
)


@forgets("analyses that nothing took", _RESULTS, forget=give_up_waiting)
def waiting_over(*, at: datetime) -> QuerySet[AnalysisRun]:
    return untaken(at=at)


keeps(
    147,
    _("Themes of proposals, and who of the team corrected them"),
    _("To find one’s way in what was proposed."),
    _("As long as the platform; without a name once whoever corrected has left."),
)


keeps(
    148,
    _("Syntheses, which quote titles of proposals and arguments"),
    _("To say what people proposed, so that everybody can check it."),
    _("As long as the platform; what is hidden or erased is in none of them from that moment."),
)
