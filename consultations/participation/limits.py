"""How often people may write (common.limits)."""

from common.limits import Limit

# Proposals, arguments and replies of one person.
WRITING = Limit("writing", "12/m/key", "150/h/key")
# First drafts of visitors: a whole school behind one address, not a machine.
BEGINNING = Limit("beginning", "300/h/network")
