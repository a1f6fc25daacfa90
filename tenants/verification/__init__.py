"""Who speaks for an authority: an operator says so, with what is known before them.

Domains prove nothing by themselves: `orleans.eu` and `ville-orleans.re` are for sale. A mail that was answered there is
evidence. Only a domain that is known beforehand, with its source, verifies by itself (`KnownDomain`).
"""
