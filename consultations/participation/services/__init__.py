"""Writing proposals and what people make of them. The phase is asked here, whatever the page showed."""

from consultations.participation.services.arguments import argue
from consultations.participation.services.following import follow, unfollow
from consultations.participation.services.proposals import save_draft, submit_proposal
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import (
    ChangedMeanwhile,
    Merged,
    NotAnAuthor,
    NotYours,
    OwnProposal,
    PhaseClosed,
    Refused,
    TooLate,
)

__all__ = [
    "ChangedMeanwhile",
    "Merged",
    "NotAnAuthor",
    "NotYours",
    "OwnProposal",
    "PhaseClosed",
    "Refused",
    "TooLate",
    "argue",
    "follow",
    "react",
    "save_draft",
    "submit_proposal",
    "unfollow",
]
