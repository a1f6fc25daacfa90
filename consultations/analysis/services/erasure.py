"""What somebody's leaving means for analysis: no result names them, and the next has nothing of theirs."""

from datetime import datetime
from functools import partial

from accounts.models import User
from common.events import on_commit_here
from common.personal import erases, leaves_when_erasing
from consultations.analysis.models import (
    AnalysisRun,
    CountedPerson,
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
from consultations.analysis.services.topic_labels import prune_labels
from consultations.participation.models import Proposal

leaves_when_erasing(Topic, because="what a challenge speaks of: the city's words, of nobody in particular")
leaves_when_erasing(DayFigures, because="how much was done on a day, by nobody in particular; the night counts anew")


@erases(AnalysisRun, CountedPerson, LeftAnalyses)
def forget_in_analysis(user: User, *, with_texts: bool, at: datetime) -> None:
    CountedPerson.objects.filter(user=user).delete()
    LeftAnalyses.objects.filter(user=user).delete()
    AnalysisRun.objects.filter(asked_by=user).update(asked_by=None)
    AnalysisRun.objects.filter(published_by=user).update(published_by=None)


leaves_when_erasing(TopicPlace, because="the theme of a proposal, which is counted only while it is read")
leaves_when_erasing(NearPair, because="which proposals are alike: shown only while both are read")


@erases(TopicCorrection, TopicModel)
def forget_in_themes(user: User, *, with_texts: bool, at: datetime) -> None:
    """Words that name a theme are of three people or more; once nobody's text has them, they go (topic_labels)."""
    if with_texts:
        for challenge in set(Proposal.objects.filter(author=user).order_by().values_list("challenge_id", flat=True)):
            on_commit_here(partial(prune_labels, challenge))
    TopicCorrection.objects.filter(made_by=user).update(made_by=None)
    TopicModel.objects.filter(taken_by=user).update(taken_by=None)


@erases(Synthesis, SynthesisVersion)
def forget_in_syntheses(user: User, *, with_texts: bool, at: datetime) -> None:
    """No word of theirs stands there: a text that is gone is not found, a name that is gone not shown."""
    Synthesis.objects.filter(updated_by=user).update(updated_by=None)
    SynthesisVersion.objects.filter(published_by=user).update(published_by=None)
