"""Writing proposals and what people make of them. The phase is asked here, whatever the page showed."""

from consultations.participation.services.arguments import (
    argue,
    edit_argument,
    mark_useful,
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
    ask_again,
    react,
    withdraw_reaction,
)
from consultations.participation.services.refusals import (
    AlreadyAnswered,
    Answered,
    ArgumentHidden,
    ChangedMeanwhile,
    Incomplete,
    Merged,
    NotAnAuthor,
    NothingChanged,
    NotYours,
    OwnArgument,
    OwnProposal,
    PhaseClosed,
    PictureUndescribed,
    Refused,
    SaidAlready,
    SaidElsewhere,
    Settled,
    TooLate,
)
from consultations.participation.services.replies import (
    edit_reply,
    reply,
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
    "Answered",
    "ArgumentHidden",
    "ChangedMeanwhile",
    "Incomplete",
    "Merged",
    "NotAnAuthor",
    "NotYours",
    "NothingChanged",
    "OwnArgument",
    "OwnProposal",
    "PhaseClosed",
    "PictureUndescribed",
    "Refused",
    "SaidAlready",
    "SaidElsewhere",
    "Settled",
    "TooLate",
    "adopt_drafts",
    "answer_argument",
    "argue",
    "ask_again",
    "changed_texts",
    "count_sights",
    "discard_draft",
    "discard_rework",
    "edit_argument",
    "edit_reply",
    "follow",
    "forget_unshown_pictures",
    "mark_of",
    "mark_useful",
    "may_mend",
    "mend_proposal",
    "publish_version",
    "react",
    "reply",
    "save_details",
    "save_draft",
    "save_rework",
    "submit_proposal",
    "unfollow",
    "withdraw_reaction",
]
