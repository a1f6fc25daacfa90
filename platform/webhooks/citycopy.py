"""What a city takes with it of webhooks (common.citycopy): where they lead, and never what opens a door."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from webhooks.models import Delivery, Endpoint

in_city_copies(
    Endpoint,
    title=_("Address that is told of publications (webhook)"),
    complete="id name url kinds state created_at tried_at failing_since disabled_at revision",
    never="secret old_secret old_secret_until failures rests_until",
)
in_city_copies(
    Delivery, never="id endpoint_id kind body created_at state due_at tries log outcome status milliseconds tried_at"
)

in_words(
    {
        "webhooks_endpoint.name": _("what the team calls it"),
        "webhooks_endpoint.url": _("where messages are sent"),
        "webhooks_endpoint.kinds": _("what it is told of"),
        "webhooks_endpoint.tried_at": _("when something was last sent"),
        "webhooks_endpoint.failing_since": _("since when it receives nothing"),
        "disabled_at": _("when it was stopped"),
    }
)
