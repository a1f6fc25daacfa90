"""Quotes, invoices, credit notes and receipts as files: what they say (data), how they are written and checked.

Knows no database and no Stripe: it takes plain values and gives bytes. Only an invoice that `issuing.make` gives back
without a problem may leave.
"""
