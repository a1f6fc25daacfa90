"""What several people make of a proposal, split by noun."""

from consultations.cocreation.models.merging import MAX_SOURCES, MIN_SOURCES, MergeRequest, MergeSource
from consultations.cocreation.models.workshop import CoAuthorInvitation, ReworkDraft

__all__ = [
    "MAX_SOURCES",
    "MIN_SOURCES",
    "CoAuthorInvitation",
    "MergeRequest",
    "MergeSource",
    "ReworkDraft",
]
