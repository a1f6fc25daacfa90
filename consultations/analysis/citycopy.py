"""What a city takes with it of analysis (common.citycopy): what it made, and never who left."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.analysis.models import (
    AnalysisRun,
    Attendance,
    Breakdown,
    Dashboard,
    DayFigures,
    LeftAnalyses,
    Population,
)

in_city_copies(
    AnalysisRun,
    title=_("Analyses of consultations"),
    shared="id consultation_id kind state asked_at ended_at result failure published_at",
    complete="asked_by_id published_by_id",
    never="digest",
    rows=lambda: AnalysisRun.objects.exclude(published_at=None).order_by("pk"),
)
in_city_copies(LeftAnalyses, title=_("Who wants no part in analyses"), complete="id user_id left_at")

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
        "analysis_leftanalyses.left_at": _("since when"),
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
    shared="consultation_id persons weeks counted_at",
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
    shared="consultation_id is_public effort revision updated_at",
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
        "weeks": _("week by week, how many came for the first time; empty where it is hidden"),
        "counted_at": _("when it was counted"),
        "dimension": _("what is known of them"),
        "arrivals": _("how many came between two versions"),
        "told": _("which versions told which part"),
        "analysis_breakdown.shown": _("the parts, as they were told"),
        "told_at": _("when it was last told"),
        "is_public": _("whether everybody reads it"),
        "effort": _("what the authority did to reach those who are missing"),
        "analysis_population.source": _("source"),
        "analysis_population.year": _("year"),
        "whom": _("who is counted, if not everybody"),
        "analysis_population.total": _("inhabitants"),
        "ages": _("inhabitants by age"),
        "places": _("inhabitants by neighbourhood"),
    }
)
