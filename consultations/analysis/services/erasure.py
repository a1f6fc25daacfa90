"""What somebody's leaving means for analysis: no result names them, and the next has nothing of theirs."""

from datetime import datetime

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.analysis.models import (
    AnalysisRun,
    DayFigures,
    LeftAnalyses,
    NearPair,
    Synthesis,
    SynthesisVersion,
    Topic,
    TopicCorrection,
    TopicModel,
    TopicPlace,
)

leaves_when_erasing(Topic, because="what a challenge speaks of: the city's words, of nobody in particular")
leaves_when_erasing(DayFigures, because="how much was done on a day, by nobody in particular; the night counts anew")


@erases(AnalysisRun, LeftAnalyses)
def forget_in_analysis(user: User, *, with_texts: bool, at: datetime) -> None:
    LeftAnalyses.objects.filter(user=user).delete()
    AnalysisRun.objects.filter(asked_by=user).update(asked_by=None)
    AnalysisRun.objects.filter(published_by=user).update(published_by=None)


leaves_when_erasing(TopicPlace, because="the theme of a proposal, which is counted only while it is read")
leaves_when_erasing(NearPair, because="which proposals are alike: shown only while both are read")


@erases(TopicCorrection, TopicModel)
def forget_in_themes(user: User, *, with_texts: bool, at: datetime) -> None:
    """Words that name a theme are those of three people or more: they are nobody's."""
    TopicCorrection.objects.filter(made_by=user).update(made_by=None)
    TopicModel.objects.filter(taken_by=user).update(taken_by=None)


@erases(Synthesis, SynthesisVersion)
def forget_in_syntheses(user: User, *, with_texts: bool, at: datetime) -> None:
    """No word of theirs stands there: a text that is gone is not found, a name that is gone not shown."""
    Synthesis.objects.filter(updated_by=user).update(updated_by=None)
    SynthesisVersion.objects.filter(published_by=user).update(published_by=None)
