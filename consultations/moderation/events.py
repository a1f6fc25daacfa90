"""Facts about moderation. All reach their receivers in a worker, at least once (common.outbox)."""

from common.events import Event

report_made = Event("report_made")  # report_id
decision_taken = Event("decision_taken")  # decision_id; ten seconds after it, unless it was cancelled
appeal_made = Event("appeal_made")  # appeal_id
text_held = Event("text_held")  # kind, pk; it waits to be read before it is published
