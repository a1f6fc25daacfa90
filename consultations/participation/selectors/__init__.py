"""What the pages about proposals read. Each function costs the same number of queries whatever there is to show."""

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
from consultations.participation.selectors.page import ProposalPage, arguments_page, proposal_page
from consultations.participation.selectors.shares import ArguedShare, argued_share
from consultations.participation.selectors.similar import Similar, similar_proposals
from consultations.participation.selectors.standing import VISITOR, Standing, proposal_to_react_to, standing_of
from consultations.participation.selectors.versions import PARTS, version_difference

__all__ = [
    "DEFAULT_SORT",
    "PARTS",
    "PER_PAGE",
    "SHUFFLES",
    "SORTS",
    "VISITOR",
    "Answer",
    "ArguedShare",
    "MyParticipation",
    "ProposalFilters",
    "ProposalPage",
    "Similar",
    "Shuffle",
    "Standing",
    "argued_share",
    "arguments_page",
    "begun_from",
    "call_of",
    "latest_changes",
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
    "similar_proposals",
    "standing_of",
    "unfinished_draft",
    "unfinished_drafts",
    "version_difference",
]
