"""What each address of campaigns answers to whom (tests.support.addresses)."""

from typing import Any

from consultations.framing.models import Challenge
from tests.animation.factories import CampaignFactory, RecipientFactory
from tests.support.roles import FRAMERS, POST_ONLY, PUBLIC_ROLES, PublicRows, Rows

# Of another city: tests/animation/test_campaign_desk.py.
CITY: Rows = {
    "desk_campaigns": (FRAMERS, None),
    "desk_campaign_new": (FRAMERS, None),
    "desk_campaign": (FRAMERS, None),
    "desk_campaign_edit": (FRAMERS, None),
    "desk_campaign_preview": (FRAMERS, None),
    "desk_campaign_people": (FRAMERS, None),
    "desk_campaign_trial": (POST_ONLY, None),
    "desk_campaign_send": (POST_ONLY, None),
    "desk_campaign_take_back": (POST_ONLY, None),
    "desk_campaign_stop": (POST_ONLY, None),
    "desk_campaign_copy": (POST_ONLY, None),
    "desk_campaign_delete": (POST_ONLY, None),
}
PUBLIC: PublicRows = {
    "mail_events": dict.fromkeys(PUBLIC_ROLES, 405),
}
LOOKED_AT = {"desk_campaigns", "desk_campaign", "desk_campaign_preview", "desk_campaign_people"}
EVERYDAY = CITY.keys() - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    return {"campaign": CampaignFactory()}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name == "mail_events":
        return {"provider": "brevo"}
    campaign = things.get("campaign")
    if campaign is None or not (address.name or "").startswith("desk_campaign"):
        return {}
    return {"pk": campaign.pk}


def on_pages(user: Any) -> None:
    """Campaigns to people of each challenge."""
    for challenge in Challenge.objects.all():
        RecipientFactory(campaign=CampaignFactory(segment="followers", value=str(challenge.pk)))
