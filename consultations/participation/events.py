"""Facts about participation. Those sent through the outbox reach their receivers in a worker, at least once."""

from common.events import Event

# Through the outbox (common.outbox.announce_later): never lost, perhaps sent twice.
proposal_submitted = Event("proposal_submitted")  # proposal_id
argument_given = Event("argument_given")  # argument_id
reply_given = Event("reply_given")  # reply_id
text_edited = Event("text_edited")  # proposal_id, argument_id or reply_id
