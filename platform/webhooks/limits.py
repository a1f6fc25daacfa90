"""How often an administrator may have messages sent by hand (common.limits)."""

from common.limits import Limit

WEBHOOK_CHANGES = Limit("webhook_changes", "30/10m/key", "300/10m/network")
WEBHOOK_TRIALS = Limit("webhook_trials", "20/10m/key", "200/10m/network")
