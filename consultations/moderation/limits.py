"""How often people may turn to moderation (common.limits)."""

from common.limits import Limit

# Of a person, or a browser; the network's share is for machines alone.
REPORTS = Limit("reports", "20/10m/key", "60/d/key", "600/10m/network")
# Without an account: of all who share a network, in one city. What is grave is not counted here: whoever floods a
# network's share keeps nobody from saying that a child is in danger.
UNSIGNED_REPORTS = Limit("reports_unsigned", "60/10m/key", "300/d/key")
# Without an account, of one text, from one network: who presses ten times is not ten people.
REPORTS_OF_TEXT = Limit("reports_of_text", "1/d/key")
GRAVE_REPORTS_OF_TEXT = Limit("grave_reports_of_text", "3/d/key")
# To one mailbox, by whoever types it.
RECEIPTS = Limit("report_receipts", "10/d/key")
APPEALS = Limit("appeals", "10/h/key")
ORDERS = Limit("orders", "60/h/key")
