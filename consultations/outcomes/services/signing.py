"""Signing answers, which publishes them; and sending one back with a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from common.refusals import Refusal
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import SIGN_ANSWERS
from consultations.outcomes.enums import ACCEPTED, AnswerState
from consultations.outcomes.events import answer_published, answer_sent_back
from consultations.outcomes.models import Answer, AnswerVersion, Opinion, ProjectSource
from consultations.outcomes.rules import SENT_BACK
from consultations.outcomes.services.locking import locked_proposals, require
from consultations.outcomes.services.refusals import (
    AnswerIncomplete,
    NoLongerTheirs,
    NotAnswerable,
    NotToSign,
    ProposalChanged,
    ReadAgain,
    SignatureMissing,
    SignedAlready,
)
from consultations.outcomes.services.writing import TEXT, check_complete
from consultations.participation.models import Proposal

# So many are read in one sitting at most.
AT_MOST = 200


@dataclass(frozen=True)
class Signed:
    """What one press did: what it published, and of what it could not, why."""

    published: list[AnswerVersion]
    refused: dict[int, Refusal]  # by answer


def sign_answers(*, consultation: Consultation, read: Mapping[int, int], actor: User, at: datetime) -> Signed:
    """Sign and publish these answers, in the words of the revisions that were `read`: answer → revision.

    One that cannot be is left out, with why, and the others are published; each is announced once. One whose proposal
    has another version since goes back to be written. A project that is being prepared no longer comes from what is
    not accepted. Raises NoLongerTheirs, SignatureMissing, ConsultationArchived.
    """
    with transaction.atomic():
        actor = require(actor, SIGN_ANSWERS)
        if not (actor.public_name and actor.function):
            raise SignatureMissing
        here = Answer.objects.filter(proposal__challenge__consultation=consultation)
        wanted = dict(here.filter(pk__in=list(read)[:AT_MOST]).values_list("pk", "proposal_id"))
        proposals = locked_proposals(consultation, wanted.values())
        answers = _locked(wanted)
        refused: dict[int, Refusal] = {}
        for answer in answers:
            if refusal := _refusal(answer, proposals, revision=read[answer.pk], actor=actor, at=at):
                refused[answer.pk] = refusal
            if isinstance(refusal, ProposalChanged):
                said = _(
                    "The proposal has changed since: read its new version, then give the answer to be signed again."
                )
                _back(answer, words=said, actor=actor, at=at)
        published = _publish([each for each in answers if each.pk not in refused], proposals, actor=actor, at=at)
    return Signed(published, refused)


def send_back(
    *, consultation: Consultation, answer: Answer, revision: int, words: str, actor: User, at: datetime
) -> Answer:
    """Give an answer back to whoever wrote it, with a word; they are told.

    Raises NoLongerTheirs, NotAnswerable, NotToSign, SignedAlready, ReadAgain, TextTooShort, TextTooLong,
    ConsultationArchived.
    """
    words = SENT_BACK.cleaned(words)
    with transaction.atomic():
        actor = require(actor, SIGN_ANSWERS)
        proposals = locked_proposals(consultation, [answer.proposal_id])
        (answer,) = _locked({answer.pk: answer.proposal_id})
        if refusal := _not_now(answer, proposals, revision=revision, actor=actor):
            raise refusal
        _back(answer, words=words, actor=actor, at=at)
    return answer


def _back(answer: Answer, *, words: str, actor: User, at: datetime) -> None:
    answer.state, answer.sent_back, answer.given_at = AnswerState.WRITING, words, None
    answer.revision += 1
    answer.updated_at = at
    answer.save()
    record("answer_sent_back", actor=actor, subject=answer, proposal=answer.proposal_id)
    announce_later(answer_sent_back, answer_id=answer.pk, actor_id=actor.pk)


def _locked(wanted: Mapping[int, int]) -> list[Answer]:
    """In the order of their proposals, as everywhere."""
    found = Answer.objects.filter(pk__in=wanted).order_by("proposal_id")
    return list(found.select_for_update(of=("self",), no_key=True))


def _refusal(
    answer: Answer, proposals: Mapping[int, Proposal], *, revision: int, actor: User, at: datetime
) -> Refusal | None:
    if refusal := _not_now(answer, proposals, revision=revision, actor=actor):
        return refusal
    if answer.proposal_version != proposals[answer.proposal_id].version:
        return ProposalChanged()
    try:
        check_complete(answer, at=at)
    except AnswerIncomplete as incomplete:
        return incomplete
    return None


def _not_now(answer: Answer, proposals: Mapping[int, Proposal], *, revision: int, actor: User) -> Refusal | None:
    if answer.proposal_id not in proposals:
        return NotAnswerable()
    if answer.state == AnswerState.PUBLISHED:
        return SignedAlready()
    if answer.state != AnswerState.TO_SIGN:
        return NotToSign()
    if answer.signer_id != actor.pk:
        return NoLongerTheirs()
    return ReadAgain() if answer.revision != revision else None


def _publish(
    answers: list[Answer], proposals: Mapping[int, Proposal], *, actor: User, at: datetime
) -> list[AnswerVersion]:
    numbers = _last_numbers(answers)
    opinions = _who_gave_theirs(answers)
    versions = AnswerVersion.objects.bulk_create(
        AnswerVersion(
            answer=answer,
            number=numbers.get(answer.pk, 0) + 1,
            proposal_version=proposals[answer.proposal_id].version,
            proposal_title=proposals[answer.proposal_id].title,
            signed_by=actor,
            signed_name=actor.public_name,
            signed_function=actor.function,
            signed_at=at,
            opinions_of=opinions.get(answer.pk, []),
            **{name: getattr(answer, name) for name in TEXT},
        )
        for answer in answers
    )
    for version in versions:
        answer = version.answer
        answer.current, answer.state, answer.sent_back = version, AnswerState.PUBLISHED, ""
        answer.answered_at = answer.answered_at or at
        answer.change, answer.late_why, answer.late_until, answer.late_earlier = "", "", None, []
        answer.revision += 1
        answer.updated_at = at
        record("answer_published", actor=actor, subject=answer, proposal=answer.proposal_id, version=version.number)
        announce_later(answer_published, version_id=version.pk)
    names = "current answered_at state sent_back change late_why late_until late_earlier revision updated_at"
    Answer.objects.bulk_update(answers, names.split())
    others = [answer.proposal_id for answer in answers if answer.decision not in ACCEPTED]
    ProjectSource.objects.filter(proposal__in=others, project__published_at=None).delete()
    return versions


def _last_numbers(answers: list[Answer]) -> dict[int, int]:
    rows = AnswerVersion.objects.filter(answer__in=answers).order_by().values("answer_id")
    return {each["answer_id"]: each["last"] for each in rows.annotate(last=Max("number"))}


def _who_gave_theirs(answers: list[Answer]) -> dict[int, list[str]]:
    """The services whose opinion is said under the signature: each once, in the order in which they gave it."""
    found: dict[int, list[str]] = {}
    given = Opinion.objects.filter(answer__in=answers, taken_back_at=None, given_at__isnull=False)
    given = given.filter(proposal_version=F("answer__proposal__version"))  # not of a text that they have not read
    for pk, name in given.order_by("given_at", "pk").values_list("answer_id", "service_name"):
        if name not in found.setdefault(pk, []):
            found[pk].append(name)
    return found
