"""A city's addresses: a domain of its own, proved by the DNS; its short name on the service's domain; former ones.

Whoever acts does so where they are, a city's administrator in its schema or an operator in public:
the trail is written there, the register always as the service.
"""
