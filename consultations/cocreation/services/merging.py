"""Merging proposals: a request, the consent of each source to one text, the collective proposal, undoing it.

Locks are always taken in this order: the proposals by number, then the merge request, then its sources.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from consultations.cocreation.actions import MERGE
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.events import collective_formed, collective_undone, merge_answered, merge_asked
from consultations.cocreation.models import MAX_SOURCES, MIN_SOURCES, MergeRequest, MergeSource
from consultations.cocreation.permissions import answers_for, leads_merge
from consultations.cocreation.rules import MERGE_MESSAGE, MERGE_REASON
from consultations.cocreation.selectors.merging import agrees_now, can_be_undone, can_join, is_asked
from consultations.cocreation.services.refusals import (
    CannotJoin,
    MergeOver,
    PublishedByTheTeam,
    SourcesChanged,
    TextChanged,
    TooFewSources,
    UndoTooLate,
)
from consultations.framing.enums import PhaseState
from consultations.framing.models import Calendar, Challenge
from consultations.framing.phases import OPEN_TO
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import AuthorshipRole, Stage, Status
from consultations.participation.models import Authorship, Proposal, ProposalVersion
from consultations.participation.permissions import may_facilitate, works_on
from consultations.participation.registry import why_settled
from consultations.participation.rules import PARTS, proposal_texts
from consultations.participation.services.holding import waits_first
from consultations.participation.services.refusals import ChangedMeanwhile, Merged, NotAnAuthor
from consultations.participation.services.writing import count, require, writable


def start_merge(
    *, proposals: Sequence[Proposal], starter: User, message: str, at: datetime, **text: str
) -> MergeRequest:
    """Ask the authors of `proposals` to bring them together under one text; the first gives its challenge.

    Whoever writes the text agrees to it for the proposals that they answer for. The same request of the same person
    again gives the one that is there. Raises NotAnAuthor, TooFewSources, CannotJoin, PhaseClosed, TextTooShort,
    TextTooLong; and what other apps say against it (registry.settles).
    """
    text, message = proposal_texts(text), MERGE_MESSAGE.cleaned(message)
    keys = list(dict.fromkeys(proposal.pk for proposal in proposals))
    if not MIN_SOURCES <= len(keys) <= MAX_SOURCES:
        raise TooFewSources
    with transaction.atomic():
        found = {proposal.pk: proposal for proposal in _locked(keys)}
        sources = [found[key] for key in keys if key in found]
        if len(sources) < len(keys) or len({source.challenge.consultation_id for source in sources}) > 1:
            raise TooFewSources
        if not may_facilitate(user=starter) and not any(works_on(user=starter, proposal=each) for each in sources):
            raise NotAnAuthor
        if again := _same_request(sources, starter):
            return again
        require(_calendar(sources[0].challenge, at), MERGE)
        _not_settled(keys)
        if away := [source for source in sources if not can_join(source) or is_asked(source)]:
            raise CannotJoin(away)
        merge_request = MergeRequest.objects.create(
            challenge=sources[0].challenge, started_by=starter, started_at=at, message=message, **text
        )
        rows = MergeSource.objects.bulk_create(
            MergeSource(collective=merge_request, proposal=source) for source in sources
        )
        asked = _ask(rows, writer=starter, revision=merge_request.revision, at=at)
        record("merge_started", actor=starter, subject=merge_request, proposals=keys)
        announce_later(merge_asked, collective_id=merge_request.pk, source_ids=asked)
    return merge_request


def reword_merge(*, merge_request: MergeRequest, actor: User, revision: int, at: datetime, **text: str) -> MergeRequest:
    """Change the common text: everyone else is asked anew, nobody has consented to what they have not seen.

    The same text changes nothing. Raises NotAnAuthor, MergeOver, PhaseClosed, TextTooShort, TextTooLong;
    ChangedMeanwhile where another saved since `revision`.
    """
    text = proposal_texts(text)
    with transaction.atomic():
        merge_request = _asking(merge_request, at=at)
        if not leads_merge(user=actor, merge_request=merge_request):
            raise NotAnAuthor
        if all(getattr(merge_request, name) == text[name] for name in PARTS):
            return merge_request
        if merge_request.revision != revision:
            raise ChangedMeanwhile
        merge_request.earlier = [*merge_request.earlier, merge_request.texts]
        for name in PARTS:
            setattr(merge_request, name, text[name])
        merge_request.revision += 1
        merge_request.save(update_fields=[*PARTS, "revision", "earlier"])
        asked = _ask(_sources(merge_request), writer=actor, revision=merge_request.revision, at=at)
        record("merge_reworded", actor=actor, subject=merge_request, revision=merge_request.revision)
        announce_later(merge_asked, collective_id=merge_request.pk, source_ids=asked)
    return merge_request


def answer_merge(
    *, source: MergeSource, actor: User, agrees: bool, revision: int, at: datetime, reason: str = ""
) -> MergeSource:
    """Agree, or not, for one proposal, to the text of `revision`. It may be changed until the proposals are together.

    One answer a proposal: of several co-authors the last one counts. Raises Proposal.DoesNotExist (hidden), Merged,
    NotAnAuthor, MergeOver, PhaseClosed; TextChanged where the text is no longer the one that was read. Who says no
    says why: TextTooShort, TextTooLong.
    """
    reason = "" if agrees else MERGE_REASON.cleaned(reason)
    with transaction.atomic():
        proposal = writable(source.proposal, action=MERGE, at=at)
        merge_request = _asking(source.collective, at=at)
        if not answers_for(user=actor, proposal=proposal):
            raise NotAnAuthor
        _not_settled([proposal.pk])
        if merge_request.revision != revision:
            raise TextChanged
        source = MergeSource.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
        consent = Consent.AGREED if agrees else Consent.DECLINED
        if (source.consent, source.revision, source.reason) == (consent, revision, reason):
            return source
        source.consent, source.revision, source.reason = consent, revision, reason
        source.answered_by, source.answered_at = actor, at
        source.save()
        record("merge_answered", actor=actor, subject=merge_request, proposal=proposal.pk, answer=consent.value)
        announce_later(merge_answered, source_id=source.pk)
    return source


def give_up_merge(*, merge_request: MergeRequest, actor: User, at: datetime, reason: str = "") -> MergeRequest:
    """Cancel the request: the proposals stay as they are. Cancelled already: nothing happens.

    Raises NotAnAuthor, MergeOver, PhaseClosed, TextTooShort, TextTooLong.
    """
    reason = MERGE_REASON.cleaned(reason, optional=True)
    with transaction.atomic():
        merge_request = _asking(merge_request, at=at, or_already=MergeState.GIVEN_UP)
        if not leads_merge(user=actor, merge_request=merge_request):
            raise NotAnAuthor
        if merge_request.state == MergeState.GIVEN_UP:
            return merge_request
        _end(merge_request, MergeState.GIVEN_UP, actor=actor, at=at, reason=reason)
        record("merge_given_up", actor=actor, subject=merge_request)
    return merge_request


def form_collective(
    *, merge_request: MergeRequest, actor: User, revision: int, source_ids: Iterable[int], at: datetime
) -> Proposal:
    """Publish the collective proposal of the sources that agree to the present text; the others stay out of it.

    `source_ids` are those that the page showed as agreeing: where that has changed, SourcesChanged. Formed already:
    the proposal is returned. Where the city reads first, whoever of its team publishes it has read it. Raises
    NotAnAuthor, MergeOver, TooFewSources, PhaseClosed, TextChanged, PublishedByTheTeam.
    """
    with transaction.atomic():
        _locked(merge_request.sources.values_list("proposal_id", flat=True))
        merge_request = _asking(merge_request, at=at, or_already=MergeState.FORMED)
        if not leads_merge(user=actor, merge_request=merge_request):
            raise NotAnAuthor
        if merge_request.proposal is not None:
            return merge_request.proposal
        if waits_first(merge_request.challenge.consultation, actor):
            raise PublishedByTheTeam
        if merge_request.revision != revision:
            raise TextChanged
        found = _sources(merge_request)
        kept = why_settled(source.proposal_id for source in found)
        found = [source for source in found if source.proposal_id not in kept]
        taken = [source for source in found if agrees_now(source, merge_request=merge_request)]
        if {source.pk for source in taken} != set(source_ids):
            raise SourcesChanged
        if len(taken) < MIN_SOURCES:
            raise TooFewSources
        proposal = _publish(merge_request, [source.proposal for source in taken], actor=actor, at=at)
        # Those that stay out, although they agreed: hidden meanwhile. What the page says of them stays true.
        merge_request.sources.exclude(pk__in=[source.pk for source in taken]).filter(consent=Consent.AGREED).update(
            consent=Consent.ASKED
        )
        merge_request.proposal, merge_request.state, merge_request.formed_at = proposal, MergeState.FORMED, at
        merge_request.formed_in = _open_phase(_calendar(merge_request.challenge, at))
        merge_request.save(update_fields=["proposal", "state", "formed_at", "formed_in"])
        record(
            "collective_formed",
            actor=actor,
            subject=proposal,
            merge_request=merge_request.pk,
            sources=[source.proposal_id for source in taken],
        )
        announce_later(collective_formed, collective_id=merge_request.pk)
    return proposal


def undo_merge(*, merge_request: MergeRequest, actor: User, reason: str, at: datetime) -> MergeRequest:
    """Take a collective proposal apart, in the phase in which it was formed: its sources are again what they were.

    Whoever began it may, or a facilitator: not each author alone, for what all of them agreed to. The collective
    proposal takes nothing new and stays readable, with `reason`. Undone already: nothing happens.
    Raises NotAnAuthor, MergeOver, Merged (it is itself part of another), UndoTooLate, what other apps say against it
    (registry.settles); ChangedMeanwhile where it is being formed at this very moment; TextTooShort, TextTooLong of its
    reason.
    """
    reason = MERGE_REASON.cleaned(reason)
    with transaction.atomic():
        if not leads_merge(user=actor, merge_request=merge_request):
            raise NotAnAuthor
        proposals = _locked(_together(merge_request))
        merge_request = _locked_request(merge_request)
        if merge_request.state == MergeState.UNDONE:
            return merge_request
        if merge_request.state != MergeState.FORMED:
            raise MergeOver
        collective = next((each for each in proposals if each.pk == merge_request.proposal_id), None)
        if collective is None:
            raise ChangedMeanwhile
        if collective.merged_into_id:
            raise Merged
        if not can_be_undone(merge_request, _calendar(merge_request.challenge, at)):
            raise UndoTooLate
        _not_settled([collective.pk])
        for source in proposals:
            if source.merged_into_id == collective.pk:
                source.merged_into, source.stage = None, _stage_of(source)
                source.save(update_fields=["merged_into", "stage"])
        if collective.is_hidden:  # it stays so, and is not counted
            Proposal.objects.filter(pk=collective.pk).update(status_before=Status.WITHDRAWN)
        elif collective.status == Status.PUBLISHED:
            Proposal.objects.filter(pk=collective.pk).update(status=Status.WITHDRAWN)
            count(collective.challenge_id, proposals=-1, arguments=-collective.argument_count)
        _end(merge_request, MergeState.UNDONE, actor=actor, at=at, reason=reason)
        record("collective_undone", actor=actor, subject=collective, merge_request=merge_request.pk)
        announce_later(collective_undone, collective_id=merge_request.pk)
    return merge_request


def _not_settled(keys: Iterable[int]) -> None:
    """Raises what another app says against it. Whatever could settle them waits for the locks on them."""
    for refusal in why_settled(keys).values():
        raise refusal


def _publish(merge_request: MergeRequest, sources: list[Proposal], *, actor: User, at: datetime) -> Proposal:
    text = merge_request.texts
    roles = _roles(sources)
    author, imported_author = _first_author(merge_request, sources, roles)
    proposal = Proposal.objects.create(
        challenge=merge_request.challenge,
        author=author,
        imported_author=imported_author,
        stage=Stage.COLLECTIVE,
        submitted_at=at,
        **text,
    )
    ProposalVersion.objects.create(proposal=proposal, number=1, made_by=actor, created_at=at, **text)
    Authorship.objects.bulk_create(
        Authorship(proposal=proposal, user_id=user, role=role, since=at)
        for user, role in roles.items()
        if user != proposal.author_id
    )
    Proposal.objects.filter(pk__in=[source.pk for source in sources]).update(
        merged_into=proposal, stage=Stage.COLLECTIVE
    )
    count(proposal.challenge_id, proposals=1)
    return proposal


def _roles(sources: list[Proposal]) -> dict[int, str]:
    """Everyone who works on a source, as an author of the collective one; a steward stays a steward."""
    roles = {source.author_id: AuthorshipRole.CO_AUTHOR.value for source in sources if source.author_id}
    for authorship in Authorship.objects.in_office().filter(proposal__in=sources).order_by("proposal", "since", "pk"):
        if authorship.role == AuthorshipRole.CO_AUTHOR or authorship.user_id not in roles:
            roles[authorship.user_id] = authorship.role
    return roles


def _first_author(
    merge_request: MergeRequest, sources: list[Proposal], roles: dict[int, str]
) -> tuple[User | None, str]:
    """Whoever began it, if an author; else that of the first source that still has one, or the name it was imported
    with."""
    if merge_request.started_by is not None and roles.get(merge_request.started_by.pk) == AuthorshipRole.CO_AUTHOR:
        return merge_request.started_by, ""
    author = next((source.author for source in sources if source.author), None)
    return author, "" if author else sources[0].imported_author


def _stage_of(proposal: Proposal) -> Stage:
    """The stage that a proposal has on its own, from the facts."""
    if MergeRequest.objects.filter(proposal=proposal, state=MergeState.FORMED).exists():
        return Stage.COLLECTIVE
    if proposal.version > 1:
        return Stage.REWORK
    return Stage.ARGUMENTS if proposal.argument_count else Stage.IDEA


def _together(merge_request: MergeRequest) -> list[int]:
    """The numbers of a collective proposal and of its sources; none before it is formed."""
    collective = MergeRequest.objects.values_list("proposal_id", flat=True).get(pk=merge_request.pk)
    if collective is None:
        return []
    return [collective, *Proposal.objects.filter(merged_into=collective).values_list("pk", flat=True)]


def _ask(rows: Iterable[MergeSource], *, writer: User, revision: int, at: datetime) -> list[int]:
    """Ask for consent to a new text; the numbers of those asked. The writer has read what they wrote.

    An answer to an earlier text keeps its reason, to be shown beside the new one.
    """
    asked = []
    for row in rows:
        if answers_for(user=writer, proposal=row.proposal):
            # Who had said no for a proposal has not said yes by mending the text.
            if row.consent != Consent.DECLINED:
                row.consent, row.answered_by, row.answered_at = Consent.AGREED, writer, at
            row.revision = revision
        else:
            row.consent = Consent.ASKED
            asked.append(row.pk)
        row.save()
    return asked


def _locked(keys: Iterable[int]) -> list[Proposal]:
    """Lock proposals in the order of their numbers, so that two requests for the same ones wait for each other."""
    return list(
        Proposal.objects.filter(pk__in=list(keys))
        .select_for_update(of=("self",), no_key=True)
        .select_related("challenge__consultation", "author")
        .defer("search")
        .order_by("pk")
    )


def _locked_request(merge_request: MergeRequest) -> MergeRequest:
    return (
        MergeRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("challenge__consultation", "started_by", "proposal")
        .defer("proposal__search")
        .get(pk=merge_request.pk)
    )


def _asking(merge_request: MergeRequest, *, at: datetime, or_already: str = "") -> MergeRequest:
    """The merge request, locked, while consent is asked, or in the state that the caller would bring it to."""
    merge_request = _locked_request(merge_request)
    if merge_request.state == or_already:
        return merge_request
    if merge_request.state != MergeState.ASKING:
        raise MergeOver
    require(_calendar(merge_request.challenge, at), MERGE)
    return merge_request


def _sources(merge_request: MergeRequest) -> list[MergeSource]:
    return list(merge_request.sources.select_related("proposal__author").defer("proposal__search").order_by("pk"))


def _same_request(sources: list[Proposal], starter: User) -> MergeRequest | None:
    """The open request of this person for exactly these, for a form that is sent twice."""
    asking = MergeRequest.objects.filter(sources__proposal=sources[0], state=MergeState.ASKING, started_by=starter)
    found = asking.order_by("-pk").first()
    asked = set(found.sources.values_list("proposal_id", flat=True)) if found else set()
    return found if asked == {source.pk for source in sources} else None


def _end(merge_request: MergeRequest, state: str, *, actor: User, at: datetime, reason: str) -> None:
    merge_request.state, merge_request.ended_reason = state, reason
    merge_request.ended_by, merge_request.ended_at = actor, at
    merge_request.save(update_fields=["state", "ended_by", "ended_at", "ended_reason"])


def _calendar(challenge: Challenge, at: datetime) -> Calendar:
    return calendar_of(challenge.consultation, at=at)


def _open_phase(calendar: Calendar) -> str:
    """The latest open phase that lets people bring proposals together: it is undone in the same."""
    open_ones = [phase.kind for phase in calendar.phases if phase.state(calendar.at) == PhaseState.NOW]
    return next(kind for kind in reversed(open_ones) if MERGE in OPEN_TO[kind])
