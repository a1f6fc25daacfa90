"""How often people may ask others to write together (common.limits)."""

from common.limits import Limit

# Merge requests, and their text: each asks every author anew.
MERGES = Limit("merges", "10/h/key", "30/d/key", "3000/m/network")
