"""Saying why."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.audit import record
from accounts.models import User
from consultations.framing.enums import Deed
from consultations.participation.enums import Stage, Stance
from consultations.participation.events import argument_given
from consultations.participation.models import COUNT_OF_STANCE, Argument, Proposal
from consultations.participation.services.writing import count, tell_later, writable


def argue(
    *,
    proposal: Proposal,
    author: User,
    stance: str,
    text: str,
    at: datetime,
    kind: str = "",
    part: str = "",
    source_url: str = "",
    source_title: str = "",
) -> Argument:
    """Say why. The same words of the same person again give the argument that is there.

    Raises PhaseClosed, Merged.
    """
    with transaction.atomic():
        proposal = writable(proposal, deed=Deed.ARGUE, at=at)
        try:
            with transaction.atomic():
                argument = Argument.objects.create(
                    proposal=proposal,
                    author=author,
                    stance=Stance(stance),
                    text=text,
                    kind=kind,
                    part=part,
                    source_url=source_url,
                    source_title=source_title,
                    version=proposal.version,
                    submitted_at=at,
                )
        except IntegrityError:
            return Argument.objects.get(proposal=proposal, author=author, text=text)
        changes: dict[str, Any] = {COUNT_OF_STANCE[Stance(stance)]: F(COUNT_OF_STANCE[Stance(stance)]) + 1}
        if proposal.stage == Stage.IDEA:
            changes["stage"] = Stage.ARGUMENTS
        Proposal.objects.filter(pk=proposal.pk).update(**changes)
        count(proposal.challenge_id, arguments=1)
        record("argument_given", actor=author, subject=argument)
        tell_later(argument_given, argument_id=argument.pk)
    return argument
