"""How often people may turn to moderation (common.limits)."""

from common.limits import Limit

REPORTS = Limit("reports", "10/10m/key", "40/d/key", "30/10m/network", "300/d/network")
APPEALS = Limit("appeals", "10/h/key")
ORDERS = Limit("orders", "60/h/key")
