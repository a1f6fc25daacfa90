"""Asking services, or colleagues, what they think of a proposal; and what they answer."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.functions import checked_function
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.outbox import announce_later
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import GIVE_OPINION, PREPARE_ANSWERS
from consultations.outcomes.enums import AnswerState, Stance
from consultations.outcomes.euros import check_amount
from consultations.outcomes.events import opinion_asked, opinion_given, opinion_taken_back
from consultations.outcomes.models import Answer, Opinion
from consultations.outcomes.permissions import advisers
from consultations.outcomes.rules import OPINION, QUESTION
from consultations.outcomes.services.locking import locked_answers, locked_proposal, locked_proposals, require
from consultations.outcomes.services.refusals import (
    AskedAlready,
    DayPassed,
    NewVersion,
    NoLongerTheirs,
    NotAble,
    NotAnswerable,
    NothingPrepared,
    OpinionSettled,
    RemindedToday,
    ServiceUnnamed,
)

_BETWEEN_REMINDERS = timedelta(days=1)


def ask_opinions(
    *,
    consultation: Consultation,
    proposals: Iterable[int],
    service_id: int,
    question: str,
    actor: User,
    at: datetime,
    due_on: date | None = None,
    service_name: str = "",
) -> list[Opinion]:
    """Ask somebody what they think of these proposals; they are told. Nothing is asked again unless another version was
    published since they gave it; what can no longer be answered, or is answered and not being corrected, is left out.
    `service_name`: of one that has neither a function nor a public name; it is its function from then on.

    Raises NoLongerTheirs, NotAble (whom to ask), ServiceUnnamed, FunctionRefused, DayPassed, AskedAlready (about all),
    NotAnswerable, NothingPrepared (for none), TextTooLong, TextTooShort, ConsultationArchived.
    """
    question = QUESTION.cleaned(question, optional=True)
    if due_on is not None and due_on < timezone.localdate(at):
        raise DayPassed
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        service = advisers().filter(pk=service_id).first()
        if service is None:
            raise NotAble
        name = service.function or service.public_name or _named(service, service_name, actor=actor)
        answers = locked_answers(locked_proposals(consultation, proposals).values())
        if not answers:
            raise NotAnswerable
        prepared = _prepared(answers.values())
        asked = _asked_already(prepared, service, at=at)
        new = [
            Opinion(
                answer=answer,
                service=service,
                service_name=name[:200],
                question=question,
                due_on=due_on,
                asked_by=actor,
                asked_at=at,
            )
            for answer in prepared
            if answer.pk not in asked
        ]
        if not new:
            raise AskedAlready
        for opinion in Opinion.objects.bulk_create(new):
            _asked(opinion, actor=actor)
    return new


def _prepared(answers: Iterable[Answer]) -> list[Answer]:
    """Of the others nobody would wait for an opinion."""
    found = [each for each in answers if each.state == AnswerState.WRITING]
    if not found:
        raise NothingPrepared
    return found


def _asked(opinion: Opinion, *, actor: User) -> None:
    about = {"opinion": opinion.pk, "proposal": opinion.answer.proposal_id}
    record("opinion_asked", actor=actor, subject=opinion.answer, **about)
    announce_later(opinion_asked, opinion_id=opinion.pk)


def remind(*, consultation: Consultation, opinion: Opinion, actor: User, at: datetime) -> Opinion:
    """Tell them once more, once a day at most.

    Raises NoLongerTheirs, NotAnswerable, OpinionSettled, RemindedToday, ConsultationArchived.
    """
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        opinion = _awaited(consultation, opinion)
        if at - (opinion.reminded_at or opinion.asked_at) < _BETWEEN_REMINDERS:
            raise RemindedToday
        opinion.reminded_at = at
        opinion.save(update_fields=["reminded_at"])
        record("opinion_reminded", actor=actor, subject=opinion.answer, opinion=opinion.pk)
        announce_later(opinion_asked, opinion_id=opinion.pk)
    return opinion


def take_back_request(*, consultation: Consultation, opinion: Opinion, actor: User, at: datetime) -> Opinion:
    """No longer ask. What was given already stays.

    Raises NoLongerTheirs, NotAnswerable, OpinionSettled, ConsultationArchived.
    """
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        opinion = _awaited(consultation, opinion)
        opinion.taken_back_at = at
        opinion.save(update_fields=["taken_back_at"])
        about = {"opinion": opinion.pk, "proposal": opinion.answer.proposal_id}
        record("opinion_taken_back", actor=actor, subject=opinion.answer, **about)
        announce_later(opinion_taken_back, opinion_id=opinion.pk)
    return opinion


def give_opinion(
    *,
    opinion: Opinion,
    stance: str,
    words: str,
    actor: User,
    at: datetime,
    revision: int,
    cost: int | None = None,
    seen: int | None = None,
) -> Opinion:
    """Answer, or answer otherwise as long as nobody has given the city's answer to be signed. The writer is told.

    `cost`: in whole euros; `seen`: the version of the proposal that they had before them. Raises NewVersion,
    NoLongerTheirs, NotAnswerable, OpinionSettled, AmountRefused, TextTooShort, TextTooLong, ConsultationArchived;
    ChangedMeanwhile where they said something else in another window.
    """
    check_amount(cost)
    words = OPINION.cleaned(words)
    with transaction.atomic():
        actor = require(actor, GIVE_OPINION)
        opinion = _locked(opinion.answer.proposal.challenge.consultation, opinion)
        if opinion.service_id != actor.pk:
            raise NoLongerTheirs
        if opinion.taken_back_at is not None or opinion.answer.state != AnswerState.WRITING:
            raise OpinionSettled
        version = opinion.answer.proposal.version
        if seen not in (None, version):
            raise NewVersion
        said = (stance, words, cost, version)
        if (opinion.stance, opinion.words, opinion.cost, opinion.proposal_version) == said:
            return opinion
        if opinion.revision != revision:
            raise ChangedMeanwhile(opinion)
        opinion.stance, opinion.words, opinion.cost, opinion.given_at = Stance(stance).value, words, cost, at
        opinion.proposal_version = version
        opinion.revision += 1
        opinion.save()
        record("opinion_given", actor=actor, subject=opinion.answer, opinion=opinion.pk, stance=opinion.stance)
        announce_later(opinion_given, opinion_id=opinion.pk)
    return opinion


def _named(service: User, words: str, *, actor: User) -> str:
    """The function that it has from now on: nobody is to know a service by its address alone."""
    if not words.strip():
        raise ServiceUnnamed
    service.function = checked_function(words, member=service, actor=actor)
    service.save(update_fields=["function"])
    record("team_function_changed", actor=actor, subject=service)
    return service.function


def _asked_already(answers: Iterable[Answer], service: User, *, at: datetime) -> set[int]:
    """What they said of an earlier version stays to be read, and counts no more."""
    found = _standing().filter(answer__in=answers, service=service)
    earlier = found.filter(given_at__isnull=False).exclude(proposal_version=F("answer__proposal__version"))
    earlier.update(taken_back_at=at)
    return set(found.values_list("answer_id", flat=True))


def _standing() -> QuerySet[Opinion]:
    return Opinion.objects.filter(taken_back_at=None)


def _locked(consultation: Consultation, opinion: Opinion) -> Opinion:
    proposal = locked_proposal(consultation, opinion.answer.proposal_id)
    answer = locked_answers([proposal])[proposal.pk]
    found = Opinion.objects.select_for_update(of=("self",), no_key=True).get(pk=opinion.pk, answer=answer)
    found.answer = answer
    return found


def _awaited(consultation: Consultation, opinion: Opinion) -> Opinion:
    found = _locked(consultation, opinion)
    settled = found.taken_back_at is not None or found.given_at is not None
    if settled or found.answer.state != AnswerState.WRITING:
        raise OpinionSettled
    return found
