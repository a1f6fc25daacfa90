"""What the week asks for proposals (common.worklist)."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from common.worklist import Asked, Line, When, lines
from consultations.framing.abilities import ANNOUNCE
from consultations.participation.abilities import FACILITATE
from consultations.participation.actions import ARGUE, PROPOSE
from consultations.participation.enums import Stage
from consultations.participation.models import Proposal

# How long one waits before one says that nobody has.
_WITHOUT_ARGUMENT = timedelta(days=7)
_SHOWN = 3


@lines(queries=2)
def without_an_argument(asked: Asked) -> Iterator[Line]:
    """Proposals that people like without saying why."""
    if not asked.calendar.may(ARGUE):
        return
    silent = Proposal.objects.published().filter(
        challenge__consultation=asked.consultation,
        stage__in=[Stage.IDEA, Stage.ARGUMENTS],
        merged_into=None,
        for_count=0,
        against_count=0,
        improve_count=0,
        like_count__gt=0,
        submitted_at__lt=asked.at - _WITHOUT_ARGUMENT,
    )
    figures = silent.order_by().aggregate(count=Count("pk"), people=Sum(F("like_count")))
    count = figures["count"]
    if not count:
        return
    first = list(silent.only("title", "status").order_by("-like_count", "pk")[:_SHOWN])
    liked = ngettext(
        "%(people)s “I like”, without a word of why. The message is ready.",
        "%(people)s “I like”, without a word of why. The message is ready.",
        figures["people"],
    )
    yield Line(
        kind="participation.without_argument",
        title=ngettext(
            "%(count)s proposal without a single argument", "%(count)s proposals without a single argument", count
        )
        % {"count": figure(count)},
        links=tuple((proposal.title, proposal.get_absolute_url()) for proposal in first),
        why=liked % {"people": figure(figures["people"])},
        message=_invitation(asked, first),
        minutes=5,
        roles=FACILITATE.in_team,
        url=first[0].get_absolute_url(),
        verb=_("Read the first one"),
        when=When.WEEK,
        amount=count,
    )


def _invitation(asked: Asked, proposals: list[Proposal]) -> str:
    """To whoever knows about it: with the addresses."""
    told = [f"« {each.title} »\n{asked.city.url.rstrip('/')}{each.short_address}" for each in proposals]
    begin = _(
        "Neighbours have proposed this. Many like it; nobody has said why, or what could get in the way. And you?"
    )
    return "\n\n".join([begin, *told])


@lines(queries=1)
def nobody_yet(asked: Asked) -> Iterator[Line]:
    """People may propose, and nobody has: not even what is hidden, or waits to be read."""
    if asked.consultation.proposal_count or not asked.calendar.may(PROPOSE):
        return
    if asked.consultation.opened_at is None or not asked.city.is_public:
        return
    if Proposal.objects.filter(challenge__consultation=asked.consultation).exists():
        return
    address = asked.city.url.rstrip("/") + asked.consultation.get_absolute_url()
    yield Line(
        kind="participation.nobody_yet",
        subject=f"{asked.at:%G.%V}",  # what was done last week is to be done again
        title=_("Nobody has proposed anything yet"),
        about=_("Share the address: municipal bulletin, associations, schools, shop windows."),
        message=f"{asked.consultation.question}\n{address}",
        minutes=30,
        roles=ANNOUNCE.in_team,
        url=asked.consultation.get_absolute_url(),
        verb=_("See the page to share"),
        when=When.WEEK,
        by_hand=True,
    )
