"""How often analyses may be asked for (common.limits)."""

from common.limits import Limit

# A press has a worker compute; while one is made another starts nothing.
ANALYSES = Limit("analyses", "60/h/key", "3000/m/network")
# Somebody who sorts a few hundred proposals by hand, theme by theme.
TOPICS = Limit("topics", "600/h/key", "3000/m/network")
# Leaving analyses and coming back.
LEAVING_ANALYSES = Limit("leaving_analyses", "30/h/key", "3000/m/network")
