"""What the trail keeps of webhooks, in words (common.trail)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.trail import concerns, records, tells
from webhooks.models import Endpoint

records(
    {
        "webhook_added": _("Webhook added"),
        "webhook_changed": _("Webhook changed"),
        "webhook_paused": _("Webhook paused"),
        "webhook_resumed": _("Webhook sent to again"),
        "webhook_disabled": _("Webhook stopped, for want of an answer"),
        "webhook_deleted": _("Webhook deleted"),
        "webhook_secret_renewed": _("Secret of a webhook renewed"),
        "webhook_tried": _("Trial message sent to a webhook"),
        "webhook_sent_again": _("Messages sent to a webhook again"),
    }
)
concerns(Endpoint, _("Webhook"), title=lambda endpoint: endpoint.name, address="desk_webhook")


@tells("webhook_sent_again")
def how_many(details: dict[str, Any]) -> str:
    count = int(details.get("messages", 0))
    return ngettext("%(count)s message", "%(count)s messages", count) % {"count": count}
