"""What the database must know of analysis (common.tables)."""

from common.tables import ALL, NEW, in_database
from consultations.analysis.models import (
    AnalysisRun,
    Attendance,
    Breakdown,
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

# A page shows what is published; who asked, and what is computed, changes none.
in_database(
    AnalysisRun, quiet="state asked_by_id asked_at ended_at digest result basis failure published_by_id", soon=NEW
)
# Whoever wants no part in analyses says so whatever the state of the city.
in_database(LeftAnalyses, quiet=ALL, always_written=ALL)
# Counts: others see them a second later. Of a city that only reads people still leave.
in_database(DayFigures, soon=ALL, always_written=ALL)
in_database(Attendance, soon=ALL, always_written=ALL)
in_database(Breakdown, soon=ALL, always_written=ALL)
in_database(CountedPerson, quiet=ALL, always_written=ALL)


# ── Themes: the desk alone reads them; what is published of them stands in a synthesis ──
for _model in (NearPair, Topic, TopicCorrection, TopicModel, TopicPlace):
    in_database(_model, quiet=ALL)


# ── Synthesis: what is being composed changes no page; publishing it, or taking it back, does ──
in_database(Synthesis, quiet="intro parts revision updated_at updated_by_id")
in_database(SynthesisVersion, quiet="published_by_id")
