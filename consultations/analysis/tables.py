"""What the database must know of analysis (common.tables)."""

from common.tables import ALL, NEW, in_database
from consultations.analysis.models import AnalysisRun, LeftAnalyses

# A page shows what is published; who asked, and what is computed, changes none.
in_database(AnalysisRun, quiet="state asked_by_id asked_at ended_at digest result failure published_by_id", soon=NEW)
in_database(LeftAnalyses, quiet=ALL)
