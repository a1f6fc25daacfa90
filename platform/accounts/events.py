"""Facts about accounts, announced through the outbox (common.outbox.announce_later)."""

from common.events import Event

name_chosen = Event("name_chosen")  # user_id
role_changed = Event("role_changed")  # user_id: of somebody of the team
