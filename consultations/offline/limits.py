"""How often sheets are typed and receipts tried (common.limits)."""

from common.limits import Limit

# A sheet every two seconds, all day long: more than anybody types; what waited in a browser comes at once.
ENTRIES = Limit("offline_entries", "300/5m/key", "3000/5m/network")
LOOKING = Limit("offline_looking", "300/5m/key", "3000/5m/network")
# A receipt is a password: of 20,000,000,000, whoever tries them all finds none in a lifetime.
RECEIPT_TRIES = Limit("receipt_tries", "30/10m/network", "200/d/network", only_looks=True)
# Receipts that look right and are nobody's, in a whole city: no mistyping makes one. Five ranges of addresses may try
# all that they may in an hour: none of them, however many networks it has, keeps everybody else from theirs.
RECEIPTS_UNKNOWN = Limit("receipts_unknown", "1000/h/key")
RECEIPTS_UNKNOWN_BY_RANGE = Limit("receipts_unknown_by_range", "200/h/key")
RECEIPT_CHANGES = Limit("receipt_changes", "30/10m/network", "200/d/network")
