"""What is done with a sheet afterwards: corrected by the team or by receipt; erased, or attached to an account."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile, mark_of
from common.outbox import announce_later
from consultations.cocreation.events import version_published
from consultations.cocreation.services.rework import next_version
from consultations.offline.enums import GONE, EntryState
from consultations.offline.models import NOTHING_SAID, Correction, Entry
from consultations.offline.selectors import reads_twice, words_now
from consultations.offline.services.refusals import (
    ActedThere,
    BroughtTogether,
    FieldRefused,
    NotYetGiven,
    SaidThere,
    SheetBound,
    SheetGone,
    StandsNow,
    TypedByThem,
)
from consultations.offline.services.typed import check_open, words_of
from consultations.participation.enums import AuthorshipRole, Stage, Stance, Status
from consultations.participation.events import text_edited
from consultations.participation.models import COUNT_OF_STANCE, Argument, Proposal, ProposalVersion
from consultations.participation.permissions import EDIT_WINDOW, works_on
from consultations.participation.registry import why_kept
from consultations.participation.rules import UnknownChoice, choice
from consultations.participation.services.erasure import erase_contribution
from consultations.participation.services.holding import hold_again, waits_first
from consultations.participation.services.refusals import AlreadyAnswered
from consultations.participation.services.writing import lock


def locked(entry: Entry, *, own: User | None = None) -> Entry:
    """`own`: whoever is signed in; what is attached to their account is theirs. Raises SheetGone, SheetBound."""
    rows = Entry.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("consultation").filter(pk=entry.pk).exclude(state__in=GONE).first()
    if found is None:
        raise SheetGone
    if found.bound_at is not None:
        thing = found.contribution
        if own is None or thing is None or thing.author_id != own.pk:
            raise SheetBound
    return found


def correct(
    *,
    entry: Entry,
    by: User | None,
    at: datetime,
    own: User | None = None,
    stance: str = "",
    revision: str = "",
    **texts: str,
) -> bool:
    """`by`: of the team; None: by receipt, with `own` whoever is signed in. `revision`: the mark of the words that were
    read. `texts`: title, solution, problem and benefit, or the `solution` of an argument. As long as nobody has
    answered it. No change: False.

    Raises SheetGone, SheetBound, StandsNow, AlreadyAnswered, NotOpenThen, FieldRefused, ChangedMeanwhile.
    """
    with transaction.atomic():
        found = locked(entry, own=own)
        if revision and revision != mark_of(now := words_now(found)):
            raise ChangedMeanwhile(now)
        new = words_of(found.kind, texts)
        if found.is_argument:
            try:
                new["stance"] = choice(Stance, stance).value
            except UnknownChoice as refusal:
                raise FieldRefused("stance", refusal) from refusal
        kept = _in_contribution(found, new, by, at) if found.is_given else _in_entry(found, new)
        if kept is None:
            return False
        Entry.objects.filter(pk=found.pk).update(changed_at=at)
        kept.entry, kept.by, kept.at = found, by, at
        kept.save()
        version = {"version": kept.version} if kept.version else {}
        actor = by or (own if found.bound_at else None)
        record("offline_corrected" if by else "offline_corrected_by_receipt", actor=actor, subject=found, **version)
    return True


def _in_entry(entry: Entry, new: dict[str, str]) -> Correction | None:
    if all(getattr(entry, name) == value for name, value in new.items()):
        return None
    Entry.objects.filter(pk=entry.pk).update(**new)
    return Correction()


def _in_contribution(entry: Entry, new: dict[str, str], by: User | None, at: datetime) -> Correction | None:
    """Where everybody may have read it, the words before are kept: of a proposal as a version."""
    check_open(entry.consultation, kind=entry.kind, given_on=entry.given_on, at=at)
    thing = entry.contribution
    if thing is None:
        raise SheetGone
    if isinstance(thing, Argument):
        lock(thing.proposal)
        new = {"stance": new["stance"], "text": new["solution"]}
    lock(thing)
    if all(getattr(thing, name) == value for name, value in new.items()):
        return None
    _refuse_if_it_stands(entry, thing)
    kept, was_read = Correction(), not thing.is_held and at >= thing.submitted_at + EDIT_WINDOW
    if isinstance(thing, Argument):
        kept = Correction(stance=thing.stance, text=thing.text) if was_read else kept
        _change_argument(thing, new, at)
    elif was_read:
        author = thing.author if entry.bound_at else None
        kept.version = next_version(thing, new, by=author, note=_note(by), at=at).number
    else:
        _change_proposal(thing, new)
    # Where a colleague reads what is typed, none of the team's words are public without.
    is_to_read = by is not None and reads_twice(entry.consultation)
    if not thing.is_held and (is_to_read or waits_first(entry.consultation, None)):
        hold_again(thing, consultation=entry.consultation, at=at)
    _tell(thing, kept.version)
    return kept


def _note(by: User | None) -> str:
    """In the city's language: everybody reads it."""
    with override(settings.LANGUAGE_CODE):
        return _("Corrected by the team, from what was given.") if by else _("Corrected by whoever gave it.")


def _tell(thing: Proposal | Argument, version: int | None) -> None:
    if isinstance(thing, Argument):
        announce_later(text_edited, argument_id=thing.pk)
    elif version is None or thing.is_held:
        announce_later(text_edited, proposal_id=thing.pk)
    else:
        announce_later(version_published, proposal_id=thing.pk, version=version)


def _refuse_if_it_stands(entry: Entry, thing: Proposal | Argument) -> None:
    if thing.status not in (Status.PUBLISHED, Status.HELD):
        raise StandsNow
    if isinstance(thing, Argument):
        if thing.reply_count or thing.verdict or thing.useful_count:
            raise StandsNow
        return
    answered = thing.arguments.exists() or thing.reactions.exists()
    rewritten = thing.version > 1 + entry.corrections.exclude(version=None).count()
    if thing.merged_into_id or why_kept(thing):
        raise StandsNow
    if answered or rewritten:  # whoever has it with their account has the workshop
        raise AlreadyAnswered if entry.bound_at else StandsNow


def _change_proposal(thing: Proposal, new: dict[str, str]) -> None:
    for name, value in new.items():
        setattr(thing, name, value)
    Proposal.objects.filter(pk=thing.pk).update(**new)
    ProposalVersion.objects.filter(proposal=thing, number=thing.version).update(**new)


def _change_argument(thing: Argument, new: dict[str, str], at: datetime) -> None:
    before, after = COUNT_OF_STANCE[Stance(thing.stance)], COUNT_OF_STANCE[Stance(new["stance"])]
    thing.stance, thing.text, thing.edited_at = new["stance"], new["text"], at
    thing.save(update_fields=["stance", "text", "edited_at"])
    if before != after and not thing.is_held:
        Proposal.objects.filter(pk=thing.proposal_id).update(**{before: F(before) - 1, after: F(after) + 1})


def erase(*, entry: Entry, at: datetime, own: User | None = None) -> None:
    """Its words, its name and what was said with it; where others have answered its place stays. The receipt opens
    nothing any more. `own`: whoever is signed in. Raises SheetGone, SheetBound, BroughtTogether.
    """
    with transaction.atomic():
        found = locked(entry, own=own)
        thing = found.contribution
        if isinstance(thing, Proposal) and (
            thing.stage == Stage.COLLECTIVE
            or thing.merged_from.exists()
            or thing.authorships.filter(role=AuthorshipRole.CO_AUTHOR).exists()
        ):
            raise BroughtTogether
        if thing is not None:
            erase_contribution(thing)
        found.corrections.update(stance="", text="")
        Entry.objects.filter(pk=found.pk).update(
            state=EntryState.ERASED, changed_at=at, proposal=None, argument=None, **NOTHING_SAID
        )
        record("offline_erased_by_receipt", actor=own if found.bound_at else None, subject=found)


def bind(*, entry: Entry, user: User, at: datetime) -> None:
    """It is theirs from now on, as if they had written it here; how it came stays. Once.

    Not to whoever typed or read it for somebody else. Raises SheetGone, SheetBound, TypedByThem, NotYetGiven,
    ActedThere, SaidThere.
    """
    with transaction.atomic():
        found = locked(entry)
        if user.pk in (found.typed_by_id, found.read_by_id):
            raise TypedByThem
        thing = found.contribution
        if thing is None or thing.status != Status.PUBLISHED:
            raise NotYetGiven
        lock(thing)
        if isinstance(thing, Proposal) and (
            thing.reactions.filter(user=user).exists() or thing.arguments.filter(author=user).exists()
        ):
            raise ActedThere
        if isinstance(thing, Argument) and works_on(user=user, proposal=thing.proposal):
            raise ActedThere
        try:
            with transaction.atomic():
                type(thing)._default_manager.filter(pk=thing.pk).update(author=user, imported_author="")
        except IntegrityError as twice:
            raise SaidThere from twice
        if isinstance(thing, Proposal):
            ProposalVersion.objects.filter(proposal=thing, made_by=None).update(made_by=user)
        Entry.objects.filter(pk=found.pk).update(
            bound_at=at, changed_at=at, name="", age_band="", neighbourhood="", capacity=""
        )
        record("offline_bound", actor=user, subject=found)
