"""Bringing proposals together: which ones may be, what those concerned see, and what everyone reads of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from accounts.models import User
from common.db import connection
from common.differences import difference
from common.text import whole_number
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import MIN_SOURCES, MergeRequest, MergeSource
from consultations.cocreation.selectors.versions import Changes
from consultations.framing.enums import PhaseState
from consultations.framing.models import Calendar, Challenge, Consultation
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Stage, Status
from consultations.participation.models import SEARCH_CONFIG, Authorship, Proposal
from consultations.participation.models.proposals import ProposalQuerySet
from consultations.participation.permissions import may_facilitate
from consultations.participation.registry import settled, why_settled
from consultations.participation.rules import PARTS
from consultations.participation.selectors.similar import similar_proposals
from consultations.participation.selectors.standing import WORKS_ON

_EXCERPT, _FOUND = 280, 12


# ── What may be brought together ──────────────────────────────────────────────


def can_join(proposal: Proposal) -> bool:
    """It is there to be read, on its own, and not a project yet. What other apps settle: `registry.why_settled`."""
    return proposal.status == Status.PUBLISHED and proposal.merged_into_id is None and proposal.stage != Stage.PROJECT


def is_asked(proposal: Proposal) -> bool:
    """Its authors are being asked: one merge request at a time for each proposal."""
    return MergeSource.objects.filter(proposal=proposal, collective__state=MergeState.ASKING).exists()


def agrees_now(source: MergeSource, *, merge_request: MergeRequest) -> bool:
    """To the text as it is now, and can still be brought together."""
    return source.consent == Consent.AGREED and source.revision == merge_request.revision and can_join(source.proposal)


def can_be_undone(merge_request: MergeRequest, calendar: Calendar) -> bool:
    """During the phase in which it was formed."""
    phase = calendar.phase(merge_request.formed_in)
    return calendar.takes_writing and phase is not None and phase.state(calendar.at) == PhaseState.NOW


def joinable(consultation: Consultation) -> ProposalQuerySet:
    """The proposals of a consultation that one may choose, as short cards."""
    asking = MergeSource.objects.filter(proposal=OuterRef("pk"), collective__state=MergeState.ASKING)
    return (
        Proposal.objects.published()
        .filter(~Exists(asking), challenge__consultation=consultation, merged_into=None)
        .exclude(stage=Stage.PROJECT)
        .exclude(settled())
        .select_related("author", "challenge")
        .annotate(excerpt=Left("solution", _EXCERPT))
        .without_texts()
    )


def numbers_in(keys: Iterable[str]) -> list[int]:
    return [number for key in keys if (number := whole_number(key))][:50]


def chosen_among(others: ProposalQuerySet, keys: Iterable[str]) -> list[Proposal]:
    """Those of `others` that an address or a form names, in its order; whatever else it says is not there."""
    numbers = numbers_in(keys)
    found = others.in_bulk(numbers)
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def candidates(
    *,
    consultation: Consultation,
    challenge: Challenge | None = None,
    words: str = "",
    near: str = "",
    without: Iterable[int] = (),
) -> list[Proposal]:
    """Those that speak of `words`, best first; without words, those close to the text `near`, or of `challenge`."""
    others = joinable(consultation).exclude(pk__in=[*without])
    if words:
        query = SearchQuery(words, config=SEARCH_CONFIG, search_type="websearch")
        return list(others.search(words).order_by(-SearchRank(F("search"), query), "-pk")[:_FOUND])
    if not near:
        return []
    close = similar_proposals(consultation=consultation, text=near, at_most=2 * _FOUND)
    keys = [each.proposal.pk for each in close]
    found = others.in_bulk(keys)
    if found or challenge is None:
        return [found[key] for key in keys if key in found][: _FOUND // 2]
    return list(others.filter(challenge=challenge).order_by("-submitted_at", "-pk")[: _FOUND // 2])


# ── For those concerned ───────────────────────────────────────────────────────


@dataclass(frozen=True)
class SourceView:
    """A proposal that is asked, who works on it, and what they answered."""

    source: MergeSource
    people: list[User]
    is_mine: bool  # this person answers for it
    joins: bool  # it can still be brought together
    agrees: bool  # to the present text, and it joins
    why_not: str = ""  # it cannot, where another app says so

    @property
    def proposal(self) -> Proposal:
        return self.source.proposal

    @property
    def names(self) -> list[str]:
        return author_names(self.proposal, self.people)

    @property
    def is_left_alone(self) -> bool:
        return not any(user.is_active for user in self.people)

    @property
    def answerer(self) -> str:
        return signature(self.source.answered_by)

    @property
    def declines(self) -> bool:
        return self.source.consent == Consent.DECLINED


@dataclass(frozen=True)
class MergePage:
    """A merge request as one person sees it."""

    merge_request: MergeRequest
    calendar: Calendar
    sources: list[SourceView]
    leads: bool
    is_concerned: bool
    stays: str = ""  # why what came of it is no longer taken apart

    @property
    def starter(self) -> str:
        return signature(self.merge_request.started_by)

    @property
    def ender(self) -> str:
        return signature(self.merge_request.ended_by)

    @property
    def is_asking(self) -> bool:
        return self.merge_request.state == MergeState.ASKING

    @property
    def mine(self) -> list[SourceView]:
        return [each for each in self.sources if each.is_mine and each.joins]

    @property
    def awaited(self) -> list[SourceView]:
        """Those that this person has not answered for since the text is what it is."""
        return [each for each in self.mine if not each.agrees and not each.declines]

    @property
    def changes(self) -> Changes:
        """What changed in the text since this person answered last; nothing where they had not, or have again."""
        answered = [each.source.revision for each in self.awaited if each.source.revision]
        if not answered or min(answered) > len(self.merge_request.earlier):
            return []
        before = self.merge_request.earlier[min(answered) - 1]
        texts = [(part, before[part], getattr(self.merge_request, part)) for part in PARTS]
        return [(part, difference(old, new)) for part, old, new in texts if old != new]

    @property
    def refusals(self) -> list[SourceView]:
        """Those that say what should change: to the present text, or to one before it."""
        return [each for each in self.sources if each.source.reason and each.joins]

    @property
    def agreeing(self) -> list[SourceView]:
        return [each for each in self.sources if each.agrees]

    @property
    def left_out(self) -> list[SourceView]:
        return [each for each in self.sources if not each.agrees]

    @property
    def may_form(self) -> bool:
        return len(self.agreeing) >= MIN_SOURCES

    @property
    def may_undo(self) -> bool:
        collective = self.merge_request.proposal
        return (
            self.leads
            and not self.stays
            and self.merge_request.state == MergeState.FORMED
            and collective is not None
            and collective.merged_into_id is None
            and can_be_undone(self.merge_request, self.calendar)
        )


def merge_page(*, pk: int, user: User | None, at: datetime) -> MergePage | None:
    """A merge request with its sources and all who work on them, in five queries. None: there is no such request."""
    merge_request = (
        MergeRequest.objects.select_related("challenge__consultation", "started_by", "ended_by", "proposal__author")
        .prefetch_related("challenge__consultation__phases")
        .defer("proposal__search")
        .filter(pk=pk)
        .first()
    )
    if merge_request is None:
        return None
    rows = list(
        merge_request.sources.select_related("proposal__author", "proposal__challenge", "answered_by")
        .defer("proposal__search")
        .order_by("pk")
    )
    people = people_of([*(row.proposal for row in rows), *filter(None, [merge_request.proposal])])
    facilitates = user is not None and may_facilitate(user=user)
    kept = why_settled([*(row.proposal_id for row in rows), *filter(None, [merge_request.proposal_id])])
    said = {pk: str(refusal.message) for pk, refusal in kept.items()}
    sources = []
    for row in rows:
        row.collective = merge_request
        those = people[row.proposal_id]
        mine = user is not None and (user in those or (facilitates and not any(each.is_active for each in those)))
        sources.append(
            SourceView(
                source=row,
                people=those,
                is_mine=mine,
                joins=row.proposal_id not in kept and can_join(row.proposal),
                agrees=row.proposal_id not in kept and agrees_now(row, merge_request=merge_request),
                why_not=said.get(row.proposal_id, ""),
            )
        )
    works = any(user in those for those in people.values())
    leads = facilitates or (works and merge_request.started_by == user)  # permissions.leads_merge, without its query
    return MergePage(
        merge_request=merge_request,
        calendar=calendar_of(merge_request.challenge.consultation, at=at),
        sources=sources,
        leads=leads,
        is_concerned=leads or works,
        stays=said.get(merge_request.proposal_id or 0, ""),
    )


def people_of(proposals: Sequence[Proposal]) -> dict[int, list[User]]:
    """Proposal → its author, then whoever works on it beside or instead of them: one query."""
    people: dict[int, list[User]] = defaultdict(list)
    for proposal in proposals:
        if proposal.author is not None:
            people[proposal.pk].append(proposal.author)
    authorships = Authorship.objects.in_office().filter(proposal__in=proposals).select_related("user")
    authorships = authorships.order_by("since", "pk")
    for authorship in authorships:
        if authorship.user not in people[authorship.proposal_id]:
            people[authorship.proposal_id].append(authorship.user)
    return people


def author_names(proposal: Proposal, people: Sequence[User]) -> list[str]:
    """As one signs: the author first, a former one by the name that is left."""
    others = [user.signed_name for user in people if user.pk != proposal.author_id and user.public_name]
    return [proposal.signed_name, *others]


def signature(user: User | None) -> str:
    """Who acted, as residents read it: a member of the team is the team."""
    if user is None:
        return str(_("A former participant"))
    return str(_("The city’s team")) if user.is_staff_member else user.public_name


def merge_of(proposal: Proposal) -> MergeRequest | None:
    """The merge request that a proposal takes part in now, as a source or as what came of it."""
    return (
        MergeRequest.objects.filter(
            Q(sources__proposal=proposal, state=MergeState.ASKING)
            | Q(proposal_id=proposal.merged_into_id, state=MergeState.FORMED, proposal__isnull=False)
            | Q(proposal=proposal, state=MergeState.FORMED)
        )
        .distinct()
        .order_by("-pk")
        .first()
    )


def merge_requests_of(consultation: Consultation, *, at_most: int = 50) -> list[MergeRequest]:
    """What the desk follows: those that are being asked first, then the collective proposals, newest first."""
    agrees = Q(sources__consent=Consent.AGREED, sources__revision=F("revision"))
    return list(
        MergeRequest.objects.filter(
            challenge__consultation=consultation, state__in=[MergeState.ASKING, MergeState.FORMED]
        )
        .select_related("started_by")
        .annotate(asked_in_all=Count("sources"), agreed_in_all=Count("sources", filter=agrees))
        .order_by("state", "-started_at", "-pk")[:at_most]
    )


# ── For everyone ──────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class MergeSummary:
    """What a collective proposal brings, or brought, together."""

    merge_request: MergeRequest
    sources: list[tuple[Proposal, list[str]]]  # with the names of those who wrote them

    @property
    def ender(self) -> str:
        return signature(self.merge_request.ended_by)


def merge_summary_of(proposal: Proposal) -> MergeSummary | None:
    """The sources of a collective proposal, as long as it is one and after it was undone: three queries."""
    merge_request = MergeRequest.objects.select_related("ended_by").filter(proposal=proposal).first()
    if merge_request is None:
        return None
    sources = list(
        Proposal.objects.filter(
            collective_sources__collective=merge_request, collective_sources__consent=Consent.AGREED
        )
        .select_related("author")
        .without_texts()
        .order_by("collective_sources__pk")
    )
    people = people_of(sources)
    return MergeSummary(
        merge_request=merge_request, sources=[(source, author_names(source, people[source.pk])) for source in sources]
    )


@dataclass(frozen=True)
class MergedStanding:
    """What a person said of a proposal, and how they stand to the collective one that it is now part of."""

    is_author: bool = False  # of the collective one
    value: str = ""
    collective_value: str = ""
    collective_follows: bool = False


_MERGED_STANDING = f"""
SELECT {WORKS_ON.format("c")},
  coalesce((SELECT value FROM participation_reaction r WHERE r.proposal_id = p.id AND r.user_id = %(user)s), ''),
  coalesce((SELECT value FROM participation_reaction r WHERE r.proposal_id = c.id AND r.user_id = %(user)s), ''),
  EXISTS (SELECT FROM participation_follow f WHERE f.proposal_id = c.id AND f.user_id = %(user)s)
FROM participation_proposal p JOIN participation_proposal c ON c.id = p.merged_into_id WHERE p.id = %(proposal)s
"""  # noqa: S608 (nothing of it comes from outside)


def merged_standing_of(*, pk: int, user: User | None) -> MergedStanding:
    """One query for someone signed in, none for a visitor."""
    if user is None:
        return MergedStanding()
    with connection.cursor() as cursor:  # by hand: asked at every serving of a proposal's page
        cursor.execute(_MERGED_STANDING, {"user": user.pk, "facilitates": may_facilitate(user=user), "proposal": pk})
        row = cursor.fetchone()
    return MergedStanding(*row) if row else MergedStanding()
