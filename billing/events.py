"""Facts about what is sold."""

from common.events import Event

# A city was made read-only for want of payment, in public. Payload: invoice_id, of which.
city_stopped = Event("city_stopped")
