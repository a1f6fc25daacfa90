"""Facts about what a consultation goes through."""

from common.events import Event

# Through the outbox (common.outbox.announce_later): never lost, perhaps sent twice.
phase_told = Event("phase_told")  # told_id: a phase begins, or ends soon
