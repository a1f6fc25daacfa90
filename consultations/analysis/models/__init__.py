"""What is kept of what a consultation says, split by noun."""

from consultations.analysis.models.figures import (
    EFFORT_MAX,
    Attendance,
    Breakdown,
    CountedPerson,
    Dashboard,
    DayFigures,
    Population,
)
from consultations.analysis.models.leaving import LeftAnalyses
from consultations.analysis.models.runs import AnalysisRun
from consultations.analysis.models.synthesis import (
    INTRO_MAX,
    LINK_TEXT_MAX,
    SYNTHESIS_TITLE_MAX,
    Synthesis,
    SynthesisVersion,
)
from consultations.analysis.models.topics import (
    TOPIC_NAME_MAX,
    NearPair,
    Topic,
    TopicCorrection,
    TopicModel,
    TopicPlace,
)

__all__ = [
    "EFFORT_MAX",
    "INTRO_MAX",
    "LINK_TEXT_MAX",
    "SYNTHESIS_TITLE_MAX",
    "TOPIC_NAME_MAX",
    "AnalysisRun",
    "Attendance",
    "Breakdown",
    "CountedPerson",
    "Dashboard",
    "DayFigures",
    "LeftAnalyses",
    "NearPair",
    "Population",
    "Synthesis",
    "SynthesisVersion",
    "Topic",
    "TopicCorrection",
    "TopicModel",
    "TopicPlace",
]
