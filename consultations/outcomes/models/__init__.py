from consultations.outcomes.models.answers import Answer, AnswerVersion, Opinion
from consultations.outcomes.models.projects import (
    Milestone,
    Project,
    ProjectFollow,
    ProjectNews,
    ProjectSource,
    StateChange,
)
from consultations.outcomes.models.results import TAKEAWAYS_MAX, Takeaways

__all__ = [
    "TAKEAWAYS_MAX",
    "Answer",
    "AnswerVersion",
    "Milestone",
    "Opinion",
    "Project",
    "ProjectFollow",
    "ProjectNews",
    "ProjectSource",
    "StateChange",
    "Takeaways",
]
