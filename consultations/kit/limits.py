"""How often the kit is changed, sheets are asked for, and short addresses count (common.limits)."""

from common.limits import Limit

KIT_CHANGES = Limit("kit_changes", "60/10m/key", "600/10m/network")
KIT_SHEETS = Limit("kit_sheets", "20/h/key", "200/h/network")
# A class that scans one poster counts; a machine that opens one address all day does not.
KIT_SCANS = Limit("kit_scans", "120/h/network")
