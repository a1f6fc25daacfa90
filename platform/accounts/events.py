"""Facts about accounts, announced through the outbox (common.outbox.announce_later)."""

from common.events import Event

name_chosen = Event("name_chosen")  # user_id
