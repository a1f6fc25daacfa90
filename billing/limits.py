"""How often billing lets something be done (common.limits)."""

from common.limits import Limit

# Stripe posts from few addresses; on the day when a thousand cities renew it has ten thousand things to say, and what
# is refused it says again later.
WEBHOOKS = Limit("stripe_webhooks", "6000/m/network")
# What is open, sent again to somebody whom the city has named; keys are schemas.
SENT_AGAIN = Limit("open_invoices", "10/d/key", "30/h/network")
# Mails to whatever address an administrator types; keys are schemas.
ORDER_LINKS = Limit("order_links", "5/d/key", "20/h/network")
