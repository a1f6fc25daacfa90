"""How often people may be asked for their opinion (common.limits)."""

from common.limits import Limit

# Each press asks one person about several proposals, and may write to them.
OPINIONS = Limit("opinions", "60/h/key", "3000/m/network")
