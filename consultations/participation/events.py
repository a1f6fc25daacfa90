"""Facts about participation."""

from common.events import Event

proposal_submitted = Event("proposal_submitted")  # proposal_id
reaction_given = Event("reaction_given")  # proposal_id, user_id, value
argument_given = Event("argument_given")  # argument_id
