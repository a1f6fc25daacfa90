"""What the week asks about the city's place in the register (common.worklist)."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import full_day
from common.worklist import Asked, Line, When, lines
from tenants.abilities import MANAGE_ADDRESS
from tenants.enums import LifecycleState

_SAID_BEFORE = timedelta(days=14)


@lines(queries=0)
def trial(asked: Asked) -> Iterator[Line]:
    """In its last two weeks: how many days are left, and what to do."""
    ends = asked.city.trial_ends_on
    if asked.city.state != LifecycleState.TRIAL or ends is None:
        return
    left = ends - timezone.localdate(asked.at)
    if not timedelta() <= left <= _SAID_BEFORE:
        return
    told = ngettext("Your trial ends in %(days)s day", "Your trial ends in %(days)s days", left.days)
    yield Line(
        kind="tenants.trial",
        subject=f"{ends:%Y%m%d}",
        title=told % {"days": left.days} if left.days else _("Your trial ends today"),
        about=_("After %(day)s the platform can only be read, until you have subscribed. Nothing is lost.")
        % {"day": full_day(ends)},
        why=_("The quote is there at once. Order before, and nothing stops."),
        minutes=10,
        roles=MANAGE_ADDRESS.in_team,
        url=reverse("desk_subscription"),
        verb=_("See the subscription"),
        when=When.TODAY if left.days <= 1 else When.WEEK if left.days <= settings.TRIAL_WARNING_DAYS else When.LATER,
        by_hand=True,
    )


@lines(queries=0)
def verification(asked: Asked) -> Iterator[Line]:
    """Until somebody has verified the city, nobody but its team sees it."""
    if asked.city.is_verified or not asked.city.takes_writing:
        return
    yield Line(
        kind="tenants.verification",
        title=_("It is still to be verified that you represent your authority"),
        about=_("Until then nobody but your team sees the platform, and it cannot open."),
        why=_("A message to the authority’s own address is enough, or we look at it ourselves."),
        minutes=5,
        roles=MANAGE_ADDRESS.in_team,
        url=reverse("desk_verification"),
        verb=_("See where it is"),
        when=When.WEEK,
    )
