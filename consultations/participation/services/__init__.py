"""Writing proposals and what people make of them. The phase is asked here, whatever the page showed."""

from consultations.participation.services.arguments import (
    argue,
    edit_argument,
    mark_useful,
)
from consultations.participation.services.coauthors import (
    accept_invitation,
    decline_invitation,
    invite_coauthor,
    leave_proposal,
    relinquish_stewardship,
    remove_coauthor,
    take_back_invitation,
    take_stewardship,
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
    AlreadyAuthor,
    Answered,
    ArgumentHidden,
    ChangedMeanwhile,
    Declined,
    Incomplete,
    InvitationOver,
    LastAuthor,
    Merged,
    NotAlone,
    NotAnAuthor,
    NothingChanged,
    NotInDiscussion,
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
    TooManyInvitations,
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
    "AlreadyAuthor",
    "Answered",
    "ArgumentHidden",
    "ChangedMeanwhile",
    "Declined",
    "Incomplete",
    "InvitationOver",
    "LastAuthor",
    "Merged",
    "NotAlone",
    "NotAnAuthor",
    "NotInDiscussion",
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
    "TooManyInvitations",
    "accept_invitation",
    "adopt_drafts",
    "answer_argument",
    "argue",
    "ask_again",
    "changed_texts",
    "count_sights",
    "decline_invitation",
    "discard_draft",
    "discard_rework",
    "edit_argument",
    "edit_reply",
    "follow",
    "forget_unshown_pictures",
    "invite_coauthor",
    "leave_proposal",
    "mark_of",
    "mark_useful",
    "may_mend",
    "mend_proposal",
    "publish_version",
    "react",
    "relinquish_stewardship",
    "remove_coauthor",
    "reply",
    "save_details",
    "save_draft",
    "save_rework",
    "submit_proposal",
    "take_back_invitation",
    "take_stewardship",
    "unfollow",
    "withdraw_reaction",
]
