"""What a city takes with it of analysis (common.citycopy): what it made, and never who left."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.analysis.models import (
    AnalysisRun,
    Attendance,
    Breakdown,
    CountedPerson,
    Dashboard,
    DayFigures,
    LeftAnalyses,
    NearPair,
    Population,
    Synthesis,
    SynthesisVersion,
    Topic,
    TopicCorrection,
    TopicModel,
    TopicPlace,
)

in_city_copies(
    AnalysisRun,
    title=_("Analyses of consultations"),
    shared="id consultation_id kind state asked_at ended_at result failure published_at",
    complete="asked_by_id published_by_id",
    never="digest basis",
    rows=lambda: AnalysisRun.objects.exclude(published_at=None).order_by("pk"),
)
# Nobody reads who left, in no copy either; nor who is in the counts that are told.
in_city_copies(LeftAnalyses, never="id user_id left_at")
in_city_copies(CountedPerson, never="id consultation_id user_id imported")

in_words(
    {
        "analysis_analysisrun.result": _("what it found"),
        "analysis_analysisrun.failure": _("why it failed"),
        "analysis_analysisrun.kind": _("kind of analysis"),
        "analysis_analysisrun.state": _("where it is"),
        "analysis_analysisrun.asked_at": _("when it was asked for"),
        "analysis_analysisrun.ended_at": _("when it was done"),
        "analysis_analysisrun.published_at": _("since when everybody may read it"),
        "published_by_id": _("who published it"),
    }
)

# Figures.
in_city_copies(
    DayFigures,
    title=_("What was done, day by day"),
    shared="id consultation_id challenge_id day channel proposals reworked arguments taken reactions argued",
)
in_city_copies(
    Attendance,
    title=_("How many took part"),
    shared="consultation_id persons counted_at",
)
in_city_copies(
    Breakdown,
    title=_("Who took part, in counts of five persons at least"),
    shared="id consultation_id dimension shown persons told_at",
    complete="arrivals told",  # fewer than five came between two versions, in many a part
)
in_city_copies(
    Dashboard,
    title=_("Who reads the figures of consultations"),
    shared="consultation_id is_public effort moments revision updated_at",
)
in_city_copies(
    Population,
    title=_("The population, as the authority entered it"),
    shared="id source year whom total ages places revision updated_at",
)

in_words(
    {
        "day": _("day"),
        "channel": _("how it came"),
        "analysis_dayfigures.proposals": _("proposals of that day"),
        "reworked": _("of these proposals, those rewritten at least once"),
        "analysis_dayfigures.arguments": _("arguments of that day"),
        "taken": _("of these arguments, those taken up in a text"),
        "analysis_dayfigures.reactions": _("reactions of that day"),
        "argued": _("of these reactions, those whose author said why"),
        "persons": _("how many persons"),
        "counted_at": _("when it was counted"),
        "dimension": _("what is known of them"),
        "arrivals": _("how many came between two versions"),
        "told": _("which versions told which part"),
        "analysis_breakdown.shown": _("the parts, as they were told"),
        "told_at": _("when it was last told"),
        "is_public": _("whether everybody reads it"),
        "effort": _("what the authority did to reach those who are missing"),
        "moments": _("what brought people, day by day"),
        "analysis_population.source": _("source"),
        "analysis_population.year": _("year"),
        "whom": _("who is counted, if not everybody"),
        "analysis_population.total": _("inhabitants"),
        "ages": _("inhabitants by age"),
        "places": _("inhabitants by neighbourhood"),
    }
)

# ── Themes ────────────────────────────────────────────────────────────────────

in_city_copies(
    Topic,
    title=_("Themes of proposals"),
    complete="id challenge_id number labels name into_id created_at",
)
in_city_copies(
    TopicPlace,
    title=_("The theme of each proposal"),
    complete="proposal_id topic_id nearness by_hand is_excluded",
)
in_city_copies(
    TopicCorrection,
    title=_("How the team corrected themes"),
    complete="id challenge_id kind topic_id into_id proposal_id name made_by_id made_at undone_at",
)
in_city_copies(
    TopicModel,
    title=_("What was learnt of the words of proposals"),
    complete="id challenge_id learnt places made_at taken_at taken_by_id",
)
in_city_copies(
    NearPair,
    title=_("Proposals that say nearly the same"),
    complete="id consultation_id one_id other_id score",
)
in_words(
    {
        "analysis_topic.number": _("its number in the analysis in force"),
        "labels": _("words that name it"),
        "analysis_topic.name": _("name given by the team"),
        "analysis_topiccorrection.name": _("name given by the team"),
        "into_id": _("theme that it went into"),
        "topic_id": _("theme: its number"),
        "nearness": _("how near to the middle of its theme, from 0 to 1"),
        "by_hand": _("chosen by the team"),
        "is_excluded": _("left out of themes and syntheses"),
        "analysis_topiccorrection.made_by_id": _("who corrected"),
        "analysis_topiccorrection.made_at": _("when it was corrected"),
        "undone_at": _("when it was undone"),
        "learnt": _("words of each theme, and their weights"),
        "analysis_topicmodel.places": _("theme of each proposal, and how near"),
        "analysis_topicmodel.made_at": _("when it was made"),
        "taken_at": _("when it was taken"),
        "taken_by_id": _("who took it"),
        "one_id": _("one proposal: its number"),
        "other_id": _("the other proposal: its number"),
        "score": _("how near they are, 1 being the same"),
    }
)

# ── Synthesis ─────────────────────────────────────────────────────────────────

in_city_copies(
    Synthesis,
    title=_("Syntheses, as they are being composed"),
    shared="challenge_id current_id",
    complete="title intro parts revision updated_at updated_by_id",
)
in_city_copies(
    SynthesisVersion,
    title=_("Syntheses, as they were published"),
    shared="id synthesis_id number title intro parts coverage published_at",
    complete="published_by_id",
    rows=lambda: SynthesisVersion.objects.exclude(synthesis__current=None).order_by("pk"),
)
in_words(
    {
        "synthesis_id": _("synthesis: the number of its challenge"),
        "intro": _("introduction, in the authority’s words"),
        "parts": _("its parts: theme, the authority’s words, proposals and arguments that are quoted, by number"),
        "coverage": _("who is heard in it, in counts"),
        "analysis_synthesis.current_id": _("version that everybody reads"),
        "updated_by_id": _("who changed it last"),
    }
)
