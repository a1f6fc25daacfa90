"""Writing proposals and what people make of them. The phase is asked here, whatever the page showed."""

from consultations.participation.services.arguments import argue
from consultations.participation.services.following import follow, unfollow
from consultations.participation.services.proposals import save_draft, submit_proposal
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import (
    ArgumentHidden,
    ChangedMeanwhile,
    Merged,
    NotAnAuthor,
    NothingChanged,
    NotYours,
    OwnProposal,
    PhaseClosed,
    Refused,
    Settled,
    TooLate,
)
from consultations.participation.services.rework import changed_texts, discard_rework, publish_version, save_rework
from consultations.participation.services.verdicts import answer_argument

__all__ = [
    "ArgumentHidden",
    "ChangedMeanwhile",
    "Merged",
    "NotAnAuthor",
    "NotYours",
    "NothingChanged",
    "OwnProposal",
    "PhaseClosed",
    "Refused",
    "Settled",
    "TooLate",
    "answer_argument",
    "argue",
    "changed_texts",
    "discard_rework",
    "follow",
    "publish_version",
    "react",
    "save_draft",
    "save_rework",
    "submit_proposal",
    "unfollow",
]
