"""What waits for the service leaves with a city (tenants.cells); a way in, good for a minute, does not."""

from consultations.delegation.models import Ticket, WaitingCase
from tenants.cells.register import leaves, stays

leaves(WaitingCase, of="municipality")
stays(Ticket)
