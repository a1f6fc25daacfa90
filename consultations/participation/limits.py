"""How often people may write (common.limits)."""

from common.limits import Limit

# Proposals, arguments and replies of one person.
WRITING = Limit("writing", "12/m/key", "150/h/key", "3000/m/network")
# Reactions, useful marks, following: taken back and given again, each leaves a line in the trail.
PRESSES = Limit("presses", "40/m/key", "1000/d/key", "3000/m/network")
# Sheets of all contributions: a long one keeps a process of the site at work for some seconds.
SHEETS = Limit("contribution_sheets", "10/10m/key")
# First drafts of visitors: a whole school behind one address, not a machine.
BEGINNING = Limit("beginning", "300/h/network")
