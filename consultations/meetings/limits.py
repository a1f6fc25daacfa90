"""How often people sign up for meetings, and how often the team changes them (common.limits)."""

from common.limits import Limit

SIGN_UPS = Limit("meeting_sign_ups", "20/h/key", "300/h/network")
# To one mailbox, whoever asks for it.
SIGN_UP_MAILS = Limit("meeting_sign_up_mails", "3/h/key")
OWN_SIGN_UPS = Limit("own_meeting_sign_ups", "30/h/key", "600/h/network")
MEETING_CHANGES = Limit("meeting_changes", "120/10m/key", "1200/10m/network")
# At the door, one press for each who comes in.
AT_THE_DOOR = Limit("meeting_door", "120/m/key", "600/m/network")
