"""Facts about co-creation, sent through the outbox (common.outbox.announce_later): never lost, perhaps sent twice."""

from common.events import Event

argument_answered = Event("argument_answered")  # argument_id: its verdict or the reason changed
version_published = Event("version_published")  # proposal_id, version
coauthor_invited = Event("coauthor_invited")  # key
coauthor_answered = Event("coauthor_answered")  # key
stewardship_taken = Event("stewardship_taken")  # proposal_id, user_id
merge_asked = Event("merge_asked")  # collective_id, source_ids: those whose authors are asked (anew)
merge_answered = Event("merge_answered")  # source_id
collective_formed = Event("collective_formed")  # collective_id
collective_undone = Event("collective_undone")  # collective_id
authors_reminded = Event("authors_reminded")  # proposal_id, day, actor_id: that arguments wait for their answer
