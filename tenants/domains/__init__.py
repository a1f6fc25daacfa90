"""A city's addresses: a domain of its own, proved by the DNS; its short name on the service's domain; former ones.

A city's administrator changes them in the city's schema, an operator in public: the trail is written there, the
register always as the service.
"""
