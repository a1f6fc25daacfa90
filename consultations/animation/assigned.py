"""What somebody planned in the city's name does not leave once they may no longer send (common.assigned)."""

from contextlib import suppress

from accounts.abilities import may
from accounts.models import User
from common.assigned import lets_go
from consultations.animation.abilities import RUN_CAMPAIGNS
from consultations.animation.enums import CampaignState
from consultations.animation.models import Campaign
from consultations.animation.services.planning import take_back
from consultations.animation.services.refusals import AlreadyDecided


@lets_go
def take_back_what_they_planned(user: User) -> None:
    """It is a draft again, which a colleague reads and plans anew."""
    if may(user, RUN_CAMPAIGNS):
        return
    for campaign in Campaign.objects.filter(decided_by=user, state=CampaignState.PLANNED):
        with suppress(AlreadyDecided):
            take_back(campaign=campaign, by=None)
