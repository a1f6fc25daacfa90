"""Facts about consultations."""

from common.events import Event

consultation_opened = Event("consultation_opened")  # consultation_id
