"""How often visitors may have the sign-up store something or write to somebody (common.limits)."""

from common.limits import Limit

SIGN_UPS = Limit("sign_ups", "60/h/network")
# Mails of the sign-up, by the address written to.
SIGN_UP_MAILS = Limit("sign_up_mails", "5/h/key", "20/h/network")
# Messages to the administrators of a city that has its platform, by city.
COLLEAGUE_MAILS = Limit("colleague_mails", "10/d/key", "5/h/network")
