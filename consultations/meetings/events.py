"""Facts about meetings, sent through the outbox (common.outbox.announce_later): never lost, perhaps sent twice."""

from common.events import Event

meeting_published = Event("meeting_published")  # meeting_id
