"""How often the address book is written (common.limits)."""

from common.limits import Limit

# Openings of the addresses that contacts were given; beyond that they lead on, and are not counted.
CONTACT_VISITS = Limit("contact_visits", "300/m/network")
# Each may be two hundred messages.
CONTACT_SENDINGS = Limit("contact_sendings", "10/h/key", "100/h/network")
CONTACT_CHANGES = Limit("contact_changes", "120/10m/key", "1200/10m/network")
