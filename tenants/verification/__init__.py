"""Who speaks for an authority: an operator decides, with the evidence before them.

Domains prove nothing by themselves: `orleans.eu` and `ville-orleans.re` are for sale. A mail that was answered there is
evidence. Only a domain known beforehand, with its source, verifies by itself (`KnownDomain`).
"""
