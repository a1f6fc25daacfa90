"""How often campaigns are written, tried and sent (common.limits)."""

from common.limits import Limit

CAMPAIGN_CHANGES = Limit("campaign_changes", "60/10m/key", "600/10m/network")
# A mail to oneself each time.
CAMPAIGN_TRIALS = Limit("campaign_trials", "20/h/key", "200/h/network")
CAMPAIGN_SENDINGS = Limit("campaign_sendings", "20/h/key", "200/h/network")
# One request for each event, where the provider groups none.
MAIL_EVENTS = Limit("mail_events", "6000/m/network")
