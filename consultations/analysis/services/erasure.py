"""What somebody's leaving means for analysis: no result names them, and the next has nothing of theirs."""

from datetime import datetime

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.analysis.models import AnalysisRun, DayFigures, LeftAnalyses

leaves_when_erasing(DayFigures, because="how much was done on a day, by nobody in particular; the night counts anew")


@erases(AnalysisRun, LeftAnalyses)
def forget_in_analysis(user: User, *, with_texts: bool, at: datetime) -> None:
    LeftAnalyses.objects.filter(user=user).delete()
    AnalysisRun.objects.filter(asked_by=user).update(asked_by=None)
    AnalysisRun.objects.filter(published_by=user).update(published_by=None)
