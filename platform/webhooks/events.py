"""Facts about webhooks."""

from common.events import Event

# Through the outbox (common.outbox.announce_later): never lost, perhaps sent twice.
endpoint_disabled = Event("endpoint_disabled")  # endpoint_id
