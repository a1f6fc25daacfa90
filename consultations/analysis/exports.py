"""A person's copy of what concerns them in analysis (common.personal)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
from consultations.analysis.models import AnalysisRun, DayFigures, LeftAnalyses

leaves_out_of_copies(DayFigures, because="how much was done on a day, by nobody in particular")


@copies(AnalysisRun, LeftAnalyses)
def analyses(user: User) -> Iterator[PersonalFile]:
    left = LeftAnalyses.objects.filter(user=user).order_by("pk")
    asked = AnalysisRun.objects.filter(asked_by=user).order_by("pk")
    yield PersonalFile(
        "analyses",
        _("Analyses"),
        _("That you left them, and those that you asked for as a member of the team. Nothing is kept of your place."),
        [{_("analyses left on"): each.left_at} for each in left]
        + [{_("analysis asked for"): each.get_kind_display(), _("when"): each.asked_at} for each in asked],
    )
