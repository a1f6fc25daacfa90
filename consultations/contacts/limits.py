"""How often the address book is written (common.limits)."""

from common.limits import Limit

CONTACT_CHANGES = Limit("contact_changes", "120/10m/key", "1200/10m/network")
