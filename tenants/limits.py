"""How often a city may ask for what costs others something (common.limits). Keys are schemas."""

from common.limits import Limit

DOMAIN_CHECKS = Limit("domain_checks", "20/10m/key")
VERIFICATION_MAILS = Limit("verification_mails", "5/h/key", "20/h/network")
