"""Proposals and what people make of them, split by noun."""

from consultations.participation.models.authorship import Authorship, worked_on_by
from consultations.participation.models.desk import (
    SHEET_KEPT,
    VIEW_NAME_MAX,
    VIEW_QUERY_MAX,
    SavedView,
    Sheet,
    SheetPiece,
)
from consultations.participation.models.proposals import (
    BEYOND_TITLE,
    DRAFT_KEPT,
    DRAFTS_MAX,
    IMPORTED_MAX,
    NEVER_PUBLIC,
    PEOPLE_IN_SQL,
    SEARCH_CONFIG,
    WRITTEN_HERE,
    Authored,
    Draft,
    Picture,
    Proposal,
    ProposalVersion,
    ProposalViews,
    Source,
    Texts,
    channel_in_sql,
    channel_of,
    of_channel,
)
from consultations.participation.models.reactions import (
    COUNT_OF_REACTION,
    COUNT_OF_STANCE,
    CURRENT_COUNT_OF_REACTION,
    Argument,
    Follow,
    Reaction,
    Reply,
    UsefulMark,
)
