"""From one version of a proposal to the next."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from consultations.cocreation.actions import REWORK
from consultations.cocreation.events import version_published
from consultations.cocreation.models import HeldVersion, ReworkDraft
from consultations.cocreation.rules import NOTE, part_words, rework_texts
from consultations.cocreation.selectors.workshop import texts_of
from consultations.cocreation.services.refusals import NothingChanged, TooManyVersions, VersionWaits
from consultations.participation.enums import Stage, Status, Verdict
from consultations.participation.models import Argument, Proposal, ProposalVersion
from consultations.participation.permissions import works_on
from consultations.participation.rules import PARTS
from consultations.participation.services.holding import held, waiting, waits_first
from consultations.participation.services.refusals import ChangedMeanwhile, NotAnAuthor
from consultations.participation.services.writing import writable

_NO_COUNTS = dict.fromkeys(("current_like_count", "current_mixed_count", "current_dislike_count"), 0)
_NOT_BACKWARDS = frozenset({Stage.COLLECTIVE, Stage.PROJECT})
# Each notifies everybody who follows the proposal.
VERSIONS_A_DAY = 10
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def publish_version(
    *, proposal: Proposal, by: User, texts: Mapping[str, str], note: str, base_version: int, at: datetime
) -> ProposalVersion | HeldVersion:
    """Publish `texts` as the next version, with a note of what changed. It takes up the arguments answered so.
    Where the city reads first, it waits (HeldVersion), one at a time.

    What was said of the version before stays, but no longer counts as said of this one. The draft of `by`
    is done with. Sent twice, or again after a cut, it is one version. Raises ChangedMeanwhile where another
    has published since `base_version`, NothingChanged, TooManyVersions, VersionWaits, NotAnAuthor, PhaseClosed,
    Merged, TextTooShort, TextTooLong.
    """
    texts, note = rework_texts(texts, note)
    with transaction.atomic():
        proposal = writable(proposal, action=REWORK, at=at, by=by)
        changed = changed_texts(proposal, texts)
        if again := _waiting(proposal, by, texts, note):
            return again
        if base_version != proposal.version:
            latest = proposal.versions.filter(number=proposal.version, made_by=by, note=note).first()
            if latest is not None and not changed and base_version == latest.number - 1:
                _forget_draft(proposal, by)
                return latest
            raise ChangedMeanwhile
        if not changed:
            raise NothingChanged
        for name, words in changed.items():
            present = getattr(proposal, name)
            part_words(name, present).cleaned(words, optional=not present)
        NOTE.check(note)
        if proposal.versions.filter(number__gt=1, created_at__gt=at - timedelta(days=1)).count() >= VERSIONS_A_DAY:
            raise TooManyVersions(VERSIONS_A_DAY)
        _forget_draft(proposal, by)
        consultation = proposal.challenge.consultation
        if waits_first(consultation, by):
            return _hold(proposal, {**proposal.texts, **changed}, by=by, note=note, at=at)
        return enter_version(proposal, changed, by=by, note=note, at=at)


def enter_version(
    proposal: Proposal, changed: Mapping[str, str], *, by: User | None, note: str, at: datetime
) -> ProposalVersion:
    """The next version, published. The caller has locked the proposal, and asked what is asked."""
    version = next_version(proposal, changed, by=by, note=note, at=at)
    taken = _take_up(proposal, version.number)
    record("version_published", actor=by, subject=proposal, version=version.number, arguments=taken)
    announce_later(version_published, proposal_id=proposal.pk, version=version.number)
    return version


def _waiting(proposal: Proposal, by: User, texts: Mapping[str, str], note: str) -> HeldVersion | None:
    """What waits already, sent a second time. Raises VersionWaits for another."""
    found = HeldVersion.objects.filter(proposal=proposal, status=Status.HELD).first()
    if found is None:
        return None
    if (found.author_id, texts_of(found), found.note) != (by.pk, dict(texts), note):
        raise VersionWaits
    _forget_draft(proposal, by)
    return found


def _hold(proposal: Proposal, texts: Mapping[str, str], *, by: User, note: str, at: datetime) -> HeldVersion:
    version = HeldVersion.objects.create(
        proposal=proposal,
        author=by,
        base_version=proposal.version,
        note=note,
        submitted_at=at,
        **texts,
        **waiting(proposal.challenge.consultation, by, at=at),
    )
    record("version_sent", actor=by, subject=proposal)
    held.send(sender=HeldVersion, thing=version, at=at)
    return version


def changed_texts(proposal: Proposal, texts: Mapping[str, str]) -> dict[str, str]:
    """Those of `texts` that a reader would see change."""
    present = texts_of(proposal)
    return {name: texts[name] for name in PARTS if texts[name] != present[name]}


def next_version(
    proposal: Proposal, changed: Mapping[str, str], *, by: User | None, note: str, at: datetime
) -> ProposalVersion:
    """Its row alone, and nobody is told: for whoever does the rest. The caller has locked the proposal."""
    texts = {**proposal.texts, **changed}
    number = proposal.version + 1
    stage = proposal.stage if proposal.stage in _NOT_BACKWARDS else Stage.REWORK
    changes = {"version": number, "reworked_at": at, "stage": stage, **texts, **_NO_COUNTS}
    for name, value in changes.items():
        setattr(proposal, name, value)
    proposal.save(update_fields=changes)
    return ProposalVersion.objects.create(
        proposal=proposal, number=number, note=note, made_by=by, created_at=at, **texts
    )


def _take_up(proposal: Proposal, number: int) -> int:
    """The arguments answered "taken up", wholly or partly, since the last version are in this one."""
    return Argument.objects.filter(
        proposal=proposal,
        status=Status.PUBLISHED,
        verdict__in=(Verdict.TAKEN, Verdict.PARTLY),
        taken_in__isnull=True,
    ).update(taken_in=number)


def save_rework(
    *,
    proposal: Proposal,
    by: User,
    texts: Mapping[str, str],
    note: str,
    base_version: int,
    seen_revision: int,
    at: datetime,
) -> ReworkDraft:
    """Keep what one person has typed so far, good or not yet, in whatever phase: nobody else sees it.

    `seen_revision` is the saving that the page knew of (0: none): where another device of the same person
    has saved other words since, ChangedMeanwhile, and those stay. Raises NotAnAuthor.
    """
    if not works_on(user=by, proposal=proposal):
        raise NotAnAuthor
    texts, note = rework_texts(texts, note)
    typed: dict[str, Any] = {**texts, "note": note, "base_version": base_version}
    with transaction.atomic():
        draft = (
            ReworkDraft.objects.select_for_update(of=("self",), no_key=True).filter(proposal=proposal, user=by).first()
        )
        if draft is None:
            return _first_draft(proposal, by=by, typed=typed, at=at)
        if all(getattr(draft, name) == value for name, value in typed.items()):
            return draft
        if draft.revision != seen_revision:
            raise ChangedMeanwhile
        for name, value in typed.items():
            setattr(draft, name, value)
        draft.revision, draft.updated_at = draft.revision + 1, at
        draft.save(update_fields=[*typed, "revision", "updated_at"])
    return draft


def _first_draft(proposal: Proposal, *, by: User, typed: Mapping[str, Any], at: datetime) -> ReworkDraft:
    """A new draft, whose count begins at the clock: a device that remembers a discarded draft never matches."""
    begun = max(1, int((at - _FIRST_DAY).total_seconds()))
    try:
        with transaction.atomic():
            return ReworkDraft.objects.create(proposal=proposal, user=by, revision=begun, updated_at=at, **typed)
    except IntegrityError as another_device:
        raise ChangedMeanwhile from another_device


def discard_rework(*, proposal: Proposal, by: User) -> None:
    """Go back to the published text. Again changes nothing."""
    _forget_draft(proposal, by)


def _forget_draft(proposal: Proposal, by: User) -> None:
    ReworkDraft.objects.filter(proposal=proposal, user=by).delete()
