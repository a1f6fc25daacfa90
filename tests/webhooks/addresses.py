"""What each address of webhooks answers to whom (tests.support.addresses)."""

from typing import Any

from tests.support.roles import ADMINISTRATORS, POST_ONLY, Rows
from tests.webhooks.factories import DeliveryFactory

# Of another city: tests/webhooks/test_desk.py.
CITY: Rows = {
    "desk_webhooks": (ADMINISTRATORS, None),
    "desk_webhook_new": (ADMINISTRATORS, None),
    "desk_webhook": (ADMINISTRATORS, None),
    "desk_webhook_edit": (ADMINISTRATORS, None),
    "desk_webhook_message": (ADMINISTRATORS, None),
    "desk_webhook_pause": (POST_ONLY, None),
    "desk_webhook_resume": (POST_ONLY, None),
    "desk_webhook_secret": (POST_ONLY, None),
    "desk_webhook_delete": (POST_ONLY, None),
    "desk_webhook_trial": (POST_ONLY, None),
    "desk_webhook_resend": (POST_ONLY, None),
    "desk_webhook_message_resend": (POST_ONLY, None),
}
LOOKED_AT = {"desk_webhooks", "desk_webhook", "desk_webhook_message"}
EVERYDAY = CITY.keys() - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    return {"webhook_message": DeliveryFactory()}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    message = things.get("webhook_message")
    if message is None or not (address.name or "").startswith("desk_webhook"):
        return {}
    return {"pk": message.endpoint_id, "key": message.pk}
