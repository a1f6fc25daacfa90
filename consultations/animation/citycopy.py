"""What a city takes with it of campaigns (common.citycopy): its messages; in the complete copy, to whom."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.animation.models import Campaign, Recipient

in_city_copies(
    Campaign,
    title=_("Messages to people who agreed to them (campaigns)"),
    complete="id subject body segment value audience state created_by_id created_at decided_by_id decided_at "
    "planned_at finished_at problem code results revision",
    never="rests_until failures form",
)
in_city_copies(
    Recipient,
    title=_("To whom a campaign was sent"),
    complete="id campaign_id user_id state tries is_uncertain tried_at sent_at code unsubscribed_at "
    "returned returned_at",
    never="due_at",
)

in_words(
    {
        "campaign_id": _("number of the campaign"),
        "animation_campaign.subject": _("its subject"),
        "animation_campaign.body": _("its text, with the places that are filled in for each person"),
        "animation_campaign.segment": _("to which group of people"),
        "animation_campaign.value": _("which challenge, quality or neighbourhood that is"),
        "animation_campaign.audience": _("the same, in words"),
        "animation_campaign.created_by_id": _("who prepared it"),
        "animation_campaign.decided_by_id": _("who sent or planned it"),
        "animation_campaign.decided_at": _("when it was sent or planned"),
        "animation_campaign.planned_at": _("when it was to leave"),
        "animation_campaign.finished_at": _("when the last message had left"),
        "animation_campaign.problem": _("why nothing left for a time"),
        "animation_campaign.code": _("what the mail server last answered to that"),
        "animation_campaign.results": _("how many were sent, refused and so on"),
        "animation_recipient.tries": _("how often it was tried"),
        "animation_recipient.is_uncertain": _("whether it may have arrived twice"),
        "animation_recipient.tried_at": _("when it was last tried"),
        "animation_recipient.sent_at": _("when it left"),
        "animation_recipient.code": _("what the mail server answered, where it refused"),
        "animation_recipient.returned": _("what came back of it"),
        "animation_recipient.returned_at": _("when that was known"),
        "animation_recipient.unsubscribed_at": _("when the person stopped such messages by its link"),
    }
)
