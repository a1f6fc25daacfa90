"""How often visitors may have the sign-up store something or write to somebody (common.limits)."""

from common.limits import Limit

SIGN_UPS = Limit("sign_ups", "60/h/network")
# Mails of the sign-up, by the address written to.
SIGN_UP_MAILS = Limit("sign_up_mails", "5/h/key", "20/h/network")
# Messages about a city that has its platform, by city.
COLLEAGUE_MAILS = Limit("colleague_mails", "10/d/key", "5/h/network")
# Platforms that are begun for an authority by whoever is not known to speak for it, by what they had to buy for their
# address (a large provider's: the mailbox). More come from a mistake or from somebody who takes names: write to us.
UNVERIFIED_PLATFORMS = Limit("unverified_platforms", "3/d/key", "5/d/network")
# Platforms that a program of an operator has made: a key that got into other hands fills no fleet.
ORDERED_PLATFORMS = Limit("ordered_platforms", "120/h/key")
