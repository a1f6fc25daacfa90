"""Sets are shipped with the release, and known by code and version: none leaves with a city (tenants.cells)."""

from consultations.library.models import ChallengeSet, ChallengeTemplate
from tenants.cells.register import stays

stays(ChallengeSet, ChallengeTemplate)
