"""Facts about mail."""

from common.events import Event

# In the transaction that withdraws, by whoever sends such messages: which of them it was about.
agreement_withdrawn = Event("agreement_withdrawn")  # user_id, about (what the link of the message carried, or "")
