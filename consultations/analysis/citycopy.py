"""What a city takes with it of analysis (common.citycopy): what it made, and never who left."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.analysis.models import AnalysisRun, LeftAnalyses

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
