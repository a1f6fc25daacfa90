"""A person's copy of what concerns them in analysis (common.personal)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
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

leaves_out_of_copies(DayFigures, because="how much was done on a day, by nobody in particular")
leaves_out_of_copies(
    CountedPerson, because="that they are in the counts of who took part: their texts and profile say more"
)


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


leaves_out_of_copies(TopicPlace, because="the theme of a proposal: its text is copied to its author")
leaves_out_of_copies(Topic, because="what a challenge speaks of; who named it so is in its corrections")
leaves_out_of_copies(NearPair, because="which proposals are alike: their texts are copied to their authors")


@copies(TopicCorrection, TopicModel)
def themes(user: User) -> Iterator[PersonalFile]:
    corrected = TopicCorrection.objects.filter(made_by=user).order_by("pk")
    taken = TopicModel.objects.filter(taken_by=user).order_by("pk")
    yield PersonalFile(
        "themes",
        _("Themes of proposals"),
        _("Those that you corrected or took as a member of the team."),
        [
            {_("correction"): each.get_kind_display(), _("name"): each.name, _("when"): each.made_at}
            for each in corrected
        ]
        + [{_("themes taken on"): each.taken_at} for each in taken],
    )


@copies(Synthesis, SynthesisVersion)
def syntheses(user: User) -> Iterator[PersonalFile]:
    changed = Synthesis.objects.filter(updated_by=user).order_by("pk")
    published = SynthesisVersion.objects.filter(published_by=user).order_by("pk")
    yield PersonalFile(
        "syntheses",
        _("Syntheses"),
        _("Those that you composed or published as a member of the team. What is quoted of yours is in your texts."),
        [{_("challenge"): each.challenge_id, _("changed on"): each.updated_at} for each in changed]
        + [
            {_("challenge"): each.synthesis_id, _("version"): each.number, _("published on"): each.published_at}
            for each in published
        ],
    )
