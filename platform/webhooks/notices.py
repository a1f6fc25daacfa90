"""To administrators: that a webhook was stopped."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import COME_IN
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words
from webhooks.abilities import MANAGE_WEBHOOKS
from webhooks.enums import EndpointState
from webhooks.events import endpoint_disabled
from webhooks.models import Endpoint

ENDPOINT = subject("webhook", Endpoint, read=lambda user: Endpoint.objects.only("name", "state"))


def _disabled(endpoint_id: int, **kwargs: Any) -> Notification:
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    people = User.objects.filter(COME_IN, role__in=MANAGE_WEBHOOKS.roles, is_active=True)
    since = int(endpoint.disabled_at.timestamp()) if endpoint.disabled_at else 0
    return Notification(
        fact=f"webhook_stopped:{endpoint.pk}:{since}",
        group=str(endpoint.pk),
        recipients={person: {"webhook": endpoint.pk} for person in people.values_list("pk", flat=True)},
    )


@notice_type(
    "WEBHOOK_STOPPED",
    gettext_lazy("Of the team: a webhook that is stopped"),
    weight=26,
    event=endpoint_disabled,
    notification=_disabled,
    subjects=(ENDPOINT,),
    may_be_muted=False,
    ability=MANAGE_WEBHOOKS,
)
def _words(about: About) -> Words:
    endpoint: Endpoint = about["webhook"]
    sentence = _(
        "The webhook “%(name)s” no longer answers. It is stopped: nothing is sent there until you have it go on."
    )
    return Words(
        sentence % {"name": endpoint.name},
        _("See what it answered"),
        reverse("desk_webhook", args=[endpoint.pk]),
        is_over=endpoint.state != EndpointState.DISABLED,
    )
