"""What each address of campaigns answers to whom (tests.support.addresses)."""

from typing import Any

from tests.animation.factories import CampaignFactory
from tests.support.roles import FRAMERS, POST_ONLY, Rows

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
LOOKED_AT = {"desk_campaigns", "desk_campaign", "desk_campaign_preview", "desk_campaign_people"}
EVERYDAY = CITY.keys() - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    return {"campaign": CampaignFactory()}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    campaign = things.get("campaign")
    if campaign is None or not (address.name or "").startswith("desk_campaign"):
        return {}
    return {"pk": campaign.pk}
