"""Publishing what waited; hiding and restoring a proposal, an argument, a reply, a picture, what authors answered.

What belongs to something hidden is out of sight with it and keeps its own state, so that restoring brings back exactly
that: what was hidden by itself stays hidden. Counts stay exact, and notices are withdrawn.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.audit import record
from accounts.models import User
from common.events import on_commit_here
from common.outbox import announce_later
from common.share_pictures import forget_share_picture
from consultations.participation.enums import Stance, Status
from consultations.participation.events import argument_given, proposal_submitted, reply_given
from consultations.participation.models import COUNT_OF_STANCE, Argument, Proposal, ProposalVersion, Reply
from consultations.participation.services.writing import count
from notifications.services.withdrawing import withdraw

Hideable = Proposal | Argument | Reply


def hide(thing: Hideable, *, actor: User | None) -> bool:
    """Take it, and all that belongs to it, out of sight. Hidden already: False.

    `actor`: None where no person decided.
    """
    with transaction.atomic():
        thing = locked(thing)
        if thing.is_hidden:
            return False
        _count(thing, -1)
        thing.status_before, thing.status = thing.status, Status.HIDDEN
        thing.save(update_fields=["status", "status_before"])
        withdraw(type(thing), [thing.pk])
        if isinstance(thing, Proposal):
            forget_shared(thing)
        record("content_hidden", actor=actor, subject=thing)
    return True


def restore(thing: Hideable, *, actor: User | None) -> bool:
    """Bring it back in the state it would have by now: removed by its author, undone, or published.

    Not hidden: False. Nobody is notified a second time.
    """
    with transaction.atomic():
        thing = locked(thing)
        if not thing.is_hidden:
            return False
        thing.status, thing.status_before = thing.status_before or Status.PUBLISHED, ""
        thing.save(update_fields=["status", "status_before"])
        _count(thing, 1)
        record("content_shown_again", actor=actor, subject=thing)
    return True


def publish(thing: Hideable, *, at: datetime, actor: User | None) -> bool:
    """Show what waited to be read first, as of `at`, in whatever phase. Not waiting: False.

    Nobody is notified yet: `announce_publication`.
    """
    with transaction.atomic():
        thing = locked(thing)
        if not thing.is_held:
            return False
        thing.status, thing.submitted_at = Status.PUBLISHED, at
        thing.save(update_fields=["status", "submitted_at"])
        if isinstance(thing, Proposal):
            ProposalVersion.objects.filter(proposal=thing, number=1).update(created_at=at)
        _count(thing, 1)
        record("content_published", actor=actor, subject=thing)
    return True


def announce_publication(thing: Hideable) -> None:
    """Tell whoever would have heard of it, had it been published at once."""
    if isinstance(thing, Proposal):
        announce_later(proposal_submitted, proposal_id=thing.pk)
    elif isinstance(thing, Argument):
        announce_later(argument_given, argument_id=thing.pk)
    else:
        announce_later(reply_given, reply_id=thing.pk)


def hold_back(thing: Hideable, *, actor: User | None) -> bool:
    """Let it wait again, as if `publish` had not been: within the moment in which nobody was told. Else False."""
    with transaction.atomic():
        thing = locked(thing)
        if thing.status != Status.PUBLISHED:
            return False
        out_of_sight(thing)
        record("content_waits_again", actor=actor, subject=thing)
    return True


def out_of_sight(thing: Hideable) -> None:
    """What is public waits. The caller has locked it."""
    _count(thing, -1)
    thing.status = Status.HELD
    thing.save(update_fields=["status"])
    if isinstance(thing, Proposal):
        forget_shared(thing)


def forget_shared(proposal: Proposal) -> None:
    """Its picture for where people share it goes with its words."""
    address = proposal.short_address
    on_commit_here(lambda: forget_share_picture(address))


def hide_picture(proposal: Proposal, *, actor: User | None) -> bool:
    """Take the picture of a proposal out of sight; its text stays. Hidden already: False."""
    return _set_picture(proposal, hidden=True, action="picture_hidden", actor=actor)


def restore_picture(proposal: Proposal, *, actor: User | None) -> bool:
    return _set_picture(proposal, hidden=False, action="picture_shown_again", actor=actor)


def _set_picture(proposal: Proposal, *, hidden: bool, action: str, actor: User | None) -> bool:
    with transaction.atomic():
        found = Proposal.objects.filter(pk=proposal.pk, picture__isnull=False, picture_hidden=not hidden)
        changed = found.update(picture_hidden=hidden)
        if changed:
            record(action, actor=actor, subject=proposal)
    return bool(changed)


def hide_answer(argument: Argument, *, actor: User | None) -> bool:
    """Take out of sight why authors took an argument up, or did not; the verdict stays. Hidden already: False."""
    return _set_answer(argument, hidden=True, action="answer_hidden", actor=actor)


def restore_answer(argument: Argument, *, actor: User | None) -> bool:
    return _set_answer(argument, hidden=False, action="answer_shown_again", actor=actor)


def _set_answer(argument: Argument, *, hidden: bool, action: str, actor: User | None) -> bool:
    with transaction.atomic():
        changed = Argument.objects.filter(pk=argument.pk, verdict_hidden=not hidden).update(verdict_hidden=hidden)
        if changed:
            record(action, actor=actor, subject=argument)
    return bool(changed)


def _count(thing: Hideable, by: int) -> None:
    """Add `by` to the counts of its parents, as `recount` would: what is hidden, and what belongs to it, is in no count
    above.
    """
    if thing.status != Status.PUBLISHED:
        return
    if isinstance(thing, Proposal):
        count(thing.challenge_id, proposals=by, arguments=by * thing.argument_count)
    elif isinstance(thing, Argument):
        column, proposal = COUNT_OF_STANCE[Stance(thing.stance)], thing.proposal
        if proposal.status == Status.PUBLISHED and by > 0:
            count(proposal.challenge_id, arguments=by, argued=(proposal.pk, column))
            return
        Proposal.objects.filter(pk=proposal.pk).update(**{column: F(column) + by})
        if proposal.status == Status.PUBLISHED:
            count(proposal.challenge_id, arguments=by)
    else:
        Argument.objects.filter(pk=thing.argument_id).update(reply_count=F("reply_count") + by)


def locked(thing: Hideable) -> Hideable:
    """With what it hangs on, the proposal first: everyone locks in that order."""
    if isinstance(thing, Proposal):
        return Proposal.objects.select_for_update(of=("self",), no_key=True).defer("search").get(pk=thing.pk)
    if isinstance(thing, Argument):
        proposal = locked(Proposal(pk=thing.proposal_id))
        argument = Argument.objects.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)
        assert isinstance(proposal, Proposal)
        argument.proposal = proposal
        return argument
    locked(Argument.objects.only("proposal_id").get(pk=thing.argument_id))
    return Reply.objects.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)
