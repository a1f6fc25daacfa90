"""Facts about the lines of the week."""

from common.events import Event

# Through the outbox (common.outbox.announce_later): never lost, perhaps sent twice.
line_assigned = Event("line_assigned")  # item_id, actor_id
demonstration_filled = Event("demonstration_filled")  # at: for what apps above show of it
