"""What the trail keeps of analysis, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records(
    {
        "population_entered": _("Population of the territory entered"),
        "dashboard_set": _("Figures of a consultation: who reads them, and what they say"),
        "analysis_asked": _("Analysis asked for"),
        "analysis_cancelled": _("Analysis cancelled"),
        "analysis_published": _("Analysis published"),
        "analysis_taken_back": _("Analysis no longer published"),
    }
)


records(
    {
        "topics_taken": _("Themes of a new analysis taken"),
        "topics_put_aside": _("Themes of a new analysis put aside"),
        "topic_corrected": _("Theme corrected"),
        "topic_correction_undone": _("Correction of a theme undone"),
    }
)


records(
    {
        "synthesis_begun": _("Synthesis begun"),
        "synthesis_published": _("Synthesis published"),
        "synthesis_withdrawn": _("Synthesis no longer published"),
    }
)
