"""What the pages about proposals read. Each function costs the same number of queries whatever there is to show."""

from consultations.participation.selectors.credits import credits_of
from consultations.participation.selectors.drafts import unfinished_draft
from consultations.participation.selectors.lists import (
    DEFAULT_SORT,
    PER_PAGE,
    SORTS,
    ProposalFilters,
    call_of,
    latest_changes,
    needing_arguments,
    proposals_list,
)
from consultations.participation.selectors.page import ProposalPage, arguments_page, proposal_page
from consultations.participation.selectors.shares import ArguedShare, argued_share
from consultations.participation.selectors.standing import VISITOR, Standing, proposal_to_react_to, standing_of
from consultations.participation.selectors.versions import PARTS, version_difference

__all__ = [
    "DEFAULT_SORT",
    "PARTS",
    "PER_PAGE",
    "SORTS",
    "VISITOR",
    "ArguedShare",
    "ProposalFilters",
    "ProposalPage",
    "Standing",
    "argued_share",
    "arguments_page",
    "call_of",
    "credits_of",
    "latest_changes",
    "needing_arguments",
    "proposal_page",
    "proposal_to_react_to",
    "proposals_list",
    "standing_of",
    "unfinished_draft",
    "version_difference",
]
