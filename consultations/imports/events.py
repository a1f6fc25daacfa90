"""Facts about imports, sent through the outbox (common.outbox.announce_later): never lost, perhaps sent twice."""

from common.events import Event

import_ended = Event("import_ended")  # import_id, revision
