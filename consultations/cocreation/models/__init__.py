"""What several people make of a proposal, split by noun."""

from consultations.cocreation.models.merging import LEAST_SOURCES, MOST_SOURCES, CollectiveProposal, CollectiveSource
from consultations.cocreation.models.workshop import CoAuthorInvitation, ReworkDraft

__all__ = [
    "LEAST_SOURCES",
    "MOST_SOURCES",
    "CoAuthorInvitation",
    "CollectiveProposal",
    "CollectiveSource",
    "ReworkDraft",
]
