from consultations.outcomes.models.answers import Answer, AnswerVersion, Opinion
from consultations.outcomes.models.projects import (
    Milestone,
    Project,
    ProjectFollow,
    ProjectNews,
    ProjectSource,
    StateChange,
)

__all__ = [
    "Answer",
    "AnswerVersion",
    "Milestone",
    "Opinion",
    "Project",
    "ProjectFollow",
    "ProjectNews",
    "ProjectSource",
    "StateChange",
]
