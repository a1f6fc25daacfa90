"""What the week asks for proposals (common.worklist)."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from common.worklist import A_MONTH, Asked, Line, When, lines
from consultations.framing.abilities import ANNOUNCE
from consultations.framing.enums import PhaseKind
from consultations.participation.abilities import FACILITATE
from consultations.participation.actions import ARGUE, PROPOSE
from consultations.participation.enums import Stage
from consultations.participation.models import Proposal

# How long one waits before one says that nobody has.
_WITHOUT_ARGUMENT = timedelta(days=7)
_WITHOUT_PROPOSAL, _A_WEEK = timedelta(days=10), timedelta(days=7)
_SHOWN, _EMPTY_SHOWN = 3, 2


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
    figures = silent.order_by().aggregate(
        count=Count("pk"), people=Sum(F("like_count")), challenges=ArrayAgg("challenge_id", distinct=True)
    )
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
        by_hand=True,
        animates=True,
        rests=A_MONTH,
        concerns=frozenset(figures["challenges"]),
    )


def _invitation(asked: Asked, proposals: list[Proposal]) -> str:
    """To whoever knows about it: with the addresses."""
    told = [f"« {each.title} »\n{asked.city.url.rstrip('/')}{each.short_address}" for each in proposals]
    begin = _(
        "Neighbours have proposed this. Many like it; nobody has said why, or what could get in the way. And you?"
    )
    return "\n\n".join([begin, *told])


@lines(queries=2)
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
        title=_("Nobody has proposed anything yet"),
        about=_("Share the address: municipal bulletin, associations, schools, shop windows."),
        message=f"{asked.consultation.question}\n{address}",
        minutes=30,
        roles=ANNOUNCE.in_team,
        url=asked.consultation.get_absolute_url(),
        verb=_("See the page to share"),
        when=When.WEEK,
        by_hand=True,
        animates=True,
        rests=_A_WEEK,
        concerns=frozenset(asked.consultation.challenges.values_list("pk", flat=True)),
    )


@lines(queries=1)
def challenge_without_a_proposal(asked: Asked) -> Iterator[Line]:
    """Others have some: of this question nobody has spoken yet, though people could for a while."""
    since = next((each.opens_at for each in asked.calendar.phases if each.kind == PhaseKind.PROPOSE), None)
    if since is None or asked.consultation.opened_at is None:
        return
    since = max(since, asked.consultation.opened_at)
    if not asked.calendar.may(PROPOSE) or asked.at - since < _WITHOUT_PROPOSAL:
        return
    if not asked.consultation.proposal_count or not asked.city.is_public:
        return
    any_of_it = Proposal.objects.filter(challenge=OuterRef("pk"))
    found = asked.consultation.challenges.filter(~Exists(any_of_it), published_at__isnull=False)
    for challenge in found.order_by("position", "pk")[:_EMPTY_SHOWN]:
        address = asked.city.url.rstrip("/") + challenge.get_absolute_url()
        said = _("Nobody has proposed anything on this question yet. You who know it: what would you change?")
        yield Line(
            kind="participation.challenge_empty",
            subject=str(challenge.pk),
            title=_("No proposal yet on “%(challenge)s”") % {"challenge": challenge.label},
            about=challenge.question,
            why=_("Whoever knows the subject begins more easily than others. The message is ready."),
            message=f"{challenge.question}\n\n{said}\n\n{address}",
            minutes=5,
            roles=FACILITATE.in_team,
            url=challenge.get_absolute_url(),
            verb=_("See the challenge"),
            when=When.WEEK,
            by_hand=True,
            animates=True,
            rests=A_MONTH,
            concerns=frozenset({challenge.pk}),
        )
