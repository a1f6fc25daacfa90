"""Writing proposals and what people make of them. The phase is asked here, whatever the page showed."""

from consultations.participation.services.arguments import (
    argue,
)
from consultations.participation.services.drafts import (
    adopt_drafts,
    discard_draft,
    forget_unshown_pictures,
    mark_of,
    save_details,
    save_draft,
)
from consultations.participation.services.following import (
    follow,
    unfollow,
)
from consultations.participation.services.proposals import (
    may_mend,
    mend_proposal,
    submit_proposal,
)
from consultations.participation.services.reactions import (
    react,
)
from consultations.participation.services.refusals import (
    AlreadyAnswered,
    ArgumentHidden,
    ChangedMeanwhile,
    Incomplete,
    Merged,
    NotAnAuthor,
    NothingChanged,
    NotYours,
    OwnProposal,
    PhaseClosed,
    PictureUndescribed,
    Refused,
    Settled,
    TooLate,
)
from consultations.participation.services.rework import (
    changed_texts,
    discard_rework,
    publish_version,
    save_rework,
)
from consultations.participation.services.sights import (
    count_sights,
)
from consultations.participation.services.verdicts import (
    answer_argument,
)
from consultations.participation.services.writing import (
    MEND_FOR,
)

__all__ = [
    "MEND_FOR",
    "AlreadyAnswered",
    "ArgumentHidden",
    "ChangedMeanwhile",
    "Incomplete",
    "Merged",
    "NotAnAuthor",
    "NotYours",
    "NothingChanged",
    "OwnProposal",
    "PhaseClosed",
    "PictureUndescribed",
    "Refused",
    "Settled",
    "TooLate",
    "adopt_drafts",
    "answer_argument",
    "argue",
    "changed_texts",
    "count_sights",
    "discard_draft",
    "discard_rework",
    "follow",
    "forget_unshown_pictures",
    "mark_of",
    "may_mend",
    "mend_proposal",
    "publish_version",
    "react",
    "save_details",
    "save_draft",
    "save_rework",
    "submit_proposal",
    "unfollow",
]
