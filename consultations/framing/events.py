"""Facts about consultations."""

from common.events import Event

# Through the outbox (common.outbox.announce_later): never lost, perhaps sent twice.
dates_changed = Event("dates_changed")  # consultation_id, change: the number of its audit entry, since, actor_id
margin_commented = Event("margin_commented")  # comment_id, actor_id
margin_resolved = Event("margin_resolved")  # comment_id, actor_id
delegation_changed = Event("delegation_changed")  # consultation_id: the service moderates it now, or no longer
