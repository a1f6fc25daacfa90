"""Facts about votes, sent through the outbox (common.outbox.announce_later): never lost, perhaps sent twice."""

from common.events import Event

vote_opened = Event("vote_opened")  # vote_id
vote_closes_soon = Event("vote_closes_soon")  # vote_id
papers_wait = Event("vote_papers_wait")  # vote_id
item_withdrawn = Event("item_withdrawn")  # item_id, actor_id
vote_counted = Event("vote_counted")  # vote_id
