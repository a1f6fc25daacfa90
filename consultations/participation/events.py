"""Facts about participation. Those told through the outbox reach their receivers in a worker, at least once."""

from common.events import Event

# In the request, after commit.
reaction_given = Event("reaction_given")  # proposal_id, user_id, value

# Through the outbox (common.outbox.tell_later): never lost, perhaps told twice.
proposal_submitted = Event("proposal_submitted")  # proposal_id
argument_given = Event("argument_given")  # argument_id
argument_answered = Event("argument_answered")  # argument_id: its verdict or the reason changed
reply_given = Event("reply_given")  # reply_id
version_published = Event("version_published")  # proposal_id, version
coauthor_invited = Event("coauthor_invited")  # key
coauthor_answered = Event("coauthor_answered")  # key
stewardship_taken = Event("stewardship_taken")  # proposal_id, user_id
merge_asked = Event("merge_asked")  # collective_id, source_ids: those whose authors are asked (anew)
merge_answered = Event("merge_answered")  # source_id
collective_formed = Event("collective_formed")  # collective_id
collective_undone = Event("collective_undone")  # collective_id
