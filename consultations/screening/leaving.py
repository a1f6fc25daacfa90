"""The words of the filter are the operators' of each installation (tenants.cells)."""

from consultations.screening.models import LexiconVersion
from tenants.cells.register import stays

stays(LexiconVersion)
