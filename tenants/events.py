"""Facts about cities."""

from common.events import Event

# Sent inside a provisioning run, in the new city's schema: receivers write their content there and
# may be called again, so each leaves what it finds. Payload: municipality, challenge_set (its code),
# framing (what the sign-up said of its consultation, see ProvisioningRun.framing), logo (PNG or None).
municipality_provisioned = Event("municipality_provisioned")

# After a transition (tenants.lifecycle), in public. Payload: municipality_id, before and after (LifecycleState).
municipality_state_changed = Event("municipality_state_changed")

# A city was closed, reopened or deleted. Through the outbox, in public: never lost, perhaps sent twice.
# Payload: municipality_id.
municipality_closing_changed = Event("municipality_closing_changed")
