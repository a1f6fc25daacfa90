"""What the pages about proposals read. Each function costs the same number of queries whatever there is to show."""

from consultations.participation.selectors.credits import (
    credits_of,
)
from consultations.participation.selectors.drafts import (
    begun_from,
    own_picture,
    published_picture,
    unfinished_draft,
    unfinished_drafts,
)
from consultations.participation.selectors.lists import (
    DEFAULT_SORT,
    PER_PAGE,
    SHUFFLES,
    SORTS,
    ProposalFilters,
    Shuffle,
    call_of,
    latest_changes,
    needing_arguments,
    proposals_list,
)
from consultations.participation.selectors.mine import (
    Answer,
    MyParticipation,
    my_arguments,
    my_follows,
    my_participation,
    my_proposals,
    page_of,
)
from consultations.participation.selectors.page import (
    ProposalPage,
    arguments_page,
    proposal_page,
)
from consultations.participation.selectors.shares import (
    ArguedShare,
    argued_share,
)
from consultations.participation.selectors.similar import (
    Similar,
    similar_proposals,
)
from consultations.participation.selectors.standing import (
    VISITOR,
    Standing,
    proposal_to_react_to,
    standing_of,
)
from consultations.participation.selectors.versions import (
    PARTS,
    version_difference,
)
from consultations.participation.selectors.workshop import (
    ALL,
    TO_ANSWER,
    Inbox,
    InboxFilters,
    Meeting,
    arguments_left,
    around_changes,
    inbox_argument,
    inbox_counts,
    inbox_of,
    meeting_with_device,
    meeting_with_published,
    rework_draft,
    texts_of,
    thanked_next,
    workshop_proposal,
)

__all__ = [
    "ALL",
    "DEFAULT_SORT",
    "PARTS",
    "PER_PAGE",
    "SHUFFLES",
    "SORTS",
    "TO_ANSWER",
    "VISITOR",
    "Answer",
    "ArguedShare",
    "Inbox",
    "InboxFilters",
    "Meeting",
    "MyParticipation",
    "ProposalFilters",
    "ProposalPage",
    "Shuffle",
    "Similar",
    "Standing",
    "argued_share",
    "arguments_left",
    "arguments_page",
    "around_changes",
    "begun_from",
    "call_of",
    "credits_of",
    "inbox_argument",
    "inbox_counts",
    "inbox_of",
    "latest_changes",
    "meeting_with_device",
    "meeting_with_published",
    "my_arguments",
    "my_follows",
    "my_participation",
    "my_proposals",
    "needing_arguments",
    "own_picture",
    "page_of",
    "proposal_page",
    "proposal_to_react_to",
    "proposals_list",
    "published_picture",
    "rework_draft",
    "similar_proposals",
    "standing_of",
    "texts_of",
    "thanked_next",
    "unfinished_draft",
    "unfinished_drafts",
    "version_difference",
    "workshop_proposal",
]
