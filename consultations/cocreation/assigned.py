"""What facilitators hold (common.assigned)."""

from common.assigned import lets_go
from consultations.cocreation.services.coauthors import relinquish_all

lets_go(relinquish_all)
