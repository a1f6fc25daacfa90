"""How often people may vote and try codes (common.limits)."""

from common.limits import Limit

# A press each time that something is chosen, a confirmation at the end.
BALLOTS = Limit("ballots", "300/h/key", "6000/m/network")
# Of a thousand thousand million codes, twenty thousand are good ones: guessing one takes centuries at this pace.
CODES = Limit("vote_codes", "10/h/key", "60/h/network")
