"""A person's copy of what concerns them in campaigns (common.personal)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies
from consultations.animation.models import Campaign, Recipient


@copies(Recipient, Campaign)
def campaigns(user: User) -> Iterator[PersonalFile]:
    received = Recipient.objects.filter(user=user).select_related("campaign").order_by("campaign", "pk")
    yield PersonalFile(
        "messages-de-la-collectivite",
        _("Messages of the authority to you"),
        _("Those that you agreed to, and what became of each."),
        [
            {
                _("subject"): each.campaign.subject,
                _("state"): each.get_state_display(),
                _("sent on"): each.sent_at,
                _("what came back"): each.get_returned_display(),
                _("you stopped such messages by its link on"): each.unsubscribed_at,
            }
            for each in received
        ],
    )
    written = Campaign.objects.filter(Q(created_by=user) | Q(decided_by=user)).order_by("pk")
    if written:
        yield PersonalFile(
            "campagnes",
            _("Campaigns that you prepared or sent"),
            _("As a member of the team."),
            [{_("subject"): each.subject, _("text"): each.body, _("prepared on"): each.created_at} for each in written],
        )
