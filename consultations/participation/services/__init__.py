"""Writing proposals and what people make of them. The phase is asked here, whatever the page showed."""

from consultations.participation.services.arguments import argue
from consultations.participation.services.drafts import (
    adopt_drafts,
    discard_draft,
    forget_unshown_pictures,
    mark_of,
    save_details,
    save_draft,
)
from consultations.participation.services.following import follow, unfollow
from consultations.participation.services.proposals import may_mend, mend_proposal, submit_proposal
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import (
    AlreadyAnswered,
    ChangedMeanwhile,
    Incomplete,
    Merged,
    NotAnAuthor,
    NotYours,
    OwnProposal,
    PhaseClosed,
    PictureUndescribed,
    Refused,
    TooLate,
)
from consultations.participation.services.writing import MEND_FOR
from consultations.participation.services.sights import count_sights

__all__ = [
    "MEND_FOR",
    "AlreadyAnswered",
    "ChangedMeanwhile",
    "Incomplete",
    "Merged",
    "NotAnAuthor",
    "NotYours",
    "OwnProposal",
    "PhaseClosed",
    "PictureUndescribed",
    "Refused",
    "TooLate",
    "adopt_drafts",
    "argue",
    "discard_draft",
    "count_sights",
    "follow",
    "forget_unshown_pictures",
    "mark_of",
    "may_mend",
    "mend_proposal",
    "react",
    "save_details",
    "save_draft",
    "submit_proposal",
    "unfollow",
]
