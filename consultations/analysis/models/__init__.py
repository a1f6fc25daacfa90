from consultations.analysis.models.leaving import LeftAnalyses
from consultations.analysis.models.runs import AnalysisRun

__all__ = ["AnalysisRun", "LeftAnalyses"]
