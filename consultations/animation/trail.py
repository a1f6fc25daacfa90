"""What the trail keeps of campaigns, in words (common.trail). Who is written to is in the rows of each, not here."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.animation.models import Campaign

records(
    {
        "campaign_created": _("Campaign prepared"),
        "campaign_changed": _("Campaign changed"),
        "campaign_deleted": _("Campaign deleted before it was sent"),
        "campaign_decided": _("Sending of a campaign decided"),
        "campaign_taken_back": _("Campaign no longer planned"),
        "campaign_stopped": _("Campaign stopped while it was leaving"),
        "campaign_tried": _("Campaign tried on oneself"),
    }
)
concerns(Campaign, _("Campaign"), title=lambda campaign: campaign.subject, address="desk_campaign")
