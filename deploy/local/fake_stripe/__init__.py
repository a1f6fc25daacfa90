"""A Stripe of our own on the loopback, for developers and tests: the calls that the platform makes, and no others.

It refuses what Stripe's own library does not know (`contract`), keeps customers, subscriptions, invoices and money
(`fake` and what it is made of), lives by a clock that is moved by hand (`/_fake/clock`), sends signed events, doubled,
shuffled or late when asked to (`/_fake/webhooks`), and fails when asked to (`/_fake/fail`).

`make run` starts it where no key of Stripe is set. Tests start it in their own process: `tests.billing.fake`.
"""
