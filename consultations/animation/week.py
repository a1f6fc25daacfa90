"""What the week says of campaigns (common.worklist): nothing leaves, one waits to be sent, what became of the last."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import deadline, figure
from common.worklist import Asked, Line, When, lines
from consultations.animation.abilities import RUN_CAMPAIGNS
from consultations.animation.enums import CampaignState
from consultations.animation.models import Campaign
from consultations.animation.selectors import Totals, about, shown_totals

# The mail server has not taken anything for eight minutes: it may be about us.
_FAILURES = 3
# It was to leave, and nobody has begun: no worker is there (docs/operators.md).
_NOT_BEGUN = timedelta(minutes=15)
# A draft that nobody has sent since; one that is so old is forgotten, and presses nobody.
_UNSENT, _OLD = timedelta(days=2), timedelta(days=60)
_RECENT = timedelta(days=7)
_SHOWN = 3


@lines(queries=2)
def campaigns(asked: Asked) -> Iterator[Line]:
    at = asked.at
    stuck = Q(state=CampaignState.SENDING, failures__gte=_FAILURES)
    stuck |= Q(state=CampaignState.PLANNED, planned_at__lt=at - _NOT_BEGUN)
    unsent = Q(state=CampaignState.DRAFT, created_at__range=(at - _OLD, at - _UNSENT))
    left = Q(state=CampaignState.SENT, finished_at__gt=at - _RECENT)
    found = list(about(asked.consultation).filter(stuck | unsent | left).order_by("-created_at"))
    yield from map(_stuck, (each for each in found if each.state in (CampaignState.SENDING, CampaignState.PLANNED)))
    yield from map(_unsent, [each for each in found if each.is_draft][:_SHOWN])
    over = [each for each in found if each.state == CampaignState.SENT][:_SHOWN]
    counted = shown_totals(over)
    for campaign in over:
        yield _left(campaign, counted[campaign.pk])


def _page(campaign: Campaign) -> str:
    return reverse("desk_campaign", args=[campaign.pk])


def _stuck(campaign: Campaign) -> Line:
    """There may be nothing to do but to know it."""
    if campaign.state == CampaignState.PLANNED:
        assert campaign.planned_at is not None
        said = _("It was to leave on %(moment)s, and nothing has left. Write to us if that lasts.")
        said %= {"moment": deadline(campaign.planned_at)}
    else:
        said = _("Nothing leaves for the moment: %(problem)s.") % {"problem": campaign.get_problem_display()}
    if campaign.rests_until:
        goes_on = _("It goes on by itself, next on %(moment)s; nobody is lost.")
        said = f"{said} {goes_on % {'moment': deadline(campaign.rests_until)}}"
    return Line(
        kind="animation.stuck",
        subject=str(campaign.pk),
        title=_("The campaign “%(subject)s” waits") % {"subject": campaign.subject},
        why=said,
        minutes=5,
        roles=RUN_CAMPAIGNS.in_team,
        url=_page(campaign),
        verb=_("See where it is"),
        when=When.WEEK,
    )


def _unsent(campaign: Campaign) -> Line:
    return Line(
        kind="animation.unsent",
        subject=str(campaign.pk),
        title=_("The campaign “%(subject)s” is prepared, and not sent") % {"subject": campaign.subject},
        why=_("Read it once more and send it; or delete it, if it is no longer needed."),
        minutes=10,
        roles=RUN_CAMPAIGNS.in_team,
        url=_page(campaign),
        verb=_("Read and send it"),
        when=When.LATER,
    )


def _left(campaign: Campaign, counted: Totals) -> Line:
    """What became of it: read once, it is done."""
    said = ngettext("%(count)s message sent", "%(count)s messages sent", counted.sent) % {"count": counted.sent_shown}
    parts = [said]
    if lost := counted.refused + counted.came_back:
        told = ngettext("%(count)s refused or come back", "%(count)s refused or come back", lost)
        parts.append(told % {"count": figure(lost)})
    if counted.withdrew:
        told = ngettext("%(count)s person stopped them", "%(count)s people stopped them", counted.withdrew)
        parts.append(told % {"count": figure(counted.withdrew)})
    return Line(
        kind="animation.left",
        subject=str(campaign.pk),
        title=_("The campaign “%(subject)s” has left") % {"subject": campaign.subject},
        why=", ".join(parts) + ".",
        minutes=5,
        roles=RUN_CAMPAIGNS.in_team,
        url=_page(campaign),
        verb=_("Read its results"),
        when=When.LATER,
        by_hand=True,
    )
