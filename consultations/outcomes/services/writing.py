"""Writing answers: the draft of one, or one text for several with a sentence for each."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.outbox import announce_later
from common.refusals import Refusal
from common.text import Words
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import PREPARE_ANSWERS
from consultations.outcomes.enums import ACCEPTED, AnswerState, Decision, ProjectState
from consultations.outcomes.events import answer_taken_back, answer_to_sign
from consultations.outcomes.models import Answer, Project
from consultations.outcomes.permissions import signers
from consultations.outcomes.rules import CHANGE, COMPETENT, OWN_WORDS, REASONS
from consultations.outcomes.services.locking import (
    locked_answers,
    locked_proposals,
    require,
)
from consultations.outcomes.services.refusals import (
    AnswerIncomplete,
    NewVersion,
    NotAble,
    NotAnswerable,
    NothingToCorrect,
)


@dataclass(frozen=True)
class Text:
    """The words of an answer. A draft may lack any of them."""

    decision: str = ""
    own_words: str = ""
    reasons: str = ""
    competent: str = ""
    expected_on: date | None = None
    change: str = ""

    @classmethod
    def of(cls, kept: object) -> "Text":
        """Of an answer, or of one that was published."""
        return cls(**{each.name: getattr(kept, each.name) for each in fields(cls)})


TEXT = tuple(each.name for each in fields(Text))
_LENGTHS: dict[str, Words] = {
    "own_words": OWN_WORDS,
    "reasons": REASONS,
    "competent": COMPETENT,
    "change": CHANGE,
}


def write_answers(
    *,
    consultation: Consultation,
    texts: Mapping[int, Text],
    revisions: Mapping[int, int],
    actor: User,
    at: datetime,
    signer_id: int | None = None,
    gives: bool = True,
    seen: Mapping[int, int] | None = None,
) -> list[Answer]:
    """Keep the drafts of these proposals' answers; with a `signer_id`, give all of them to be signed: they are told.
    Unless it `gives` them, that only keeps who is to sign.

    An answer that waits for a signature is taken back by writing it again; one that is published stays in sight as it
    is until the new one is signed. The same words change nothing. Nothing is kept of any of them where one cannot be.
    `seen`: the versions of the proposals that the writer had before them, by proposal.

    Raises NoLongerTheirs, NotAnswerable, NewVersion, NotAble (who signs), AnswerIncomplete, TextTooLong,
    ConsultationArchived; ChangedMeanwhile, with those that somebody changed since `revisions`, by proposal.
    """
    cleaned = {pk: _cleaned(text) for pk, text in texts.items()}
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        if signer_id is not None and not signers().filter(pk=signer_id).exists():
            raise NotAble
        proposals = locked_proposals(consultation, texts)
        if len(proposals) < len(texts):
            raise NotAnswerable
        if any(proposals[pk].version != number for pk, number in (seen or {}).items()):
            raise NewVersion
        answers = locked_answers(proposals.values())
        changed = {pk: each for pk, each in answers.items() if each.revision != revisions.get(pk, 0)}
        if others := {pk: each for pk, each in changed.items() if Text.of(each) != cleaned[pk]}:
            raise ChangedMeanwhile(others)
        for pk, answer in answers.items():
            _write(answer, cleaned[pk], actor=actor, at=at)
            if signer_id is not None and gives:
                _give(answer, signer_id=signer_id, actor=actor, at=at)
            elif signer_id not in (None, answer.signer_id) and answer.state == AnswerState.WRITING and answer.pk:
                answer.signer_id = signer_id
                answer.save(update_fields=["signer"])
    return list(answers.values())


def _write(answer: Answer, text: Text, *, actor: User, at: datetime) -> None:
    if Text.of(answer) == text:
        return
    for name in TEXT:
        setattr(answer, name, getattr(text, name))
    if answer.state == AnswerState.TO_SIGN:
        announce_later(answer_taken_back, answer_id=answer.pk)
    answer.state, answer.given_at = AnswerState.WRITING, None
    answer.writer_id = answer.writer_id or actor.pk
    _changed(answer, at)
    answer.save()
    record("answer_written", actor=actor, subject=answer, proposal=answer.proposal_id)


def _give(answer: Answer, *, signer_id: int, actor: User, at: datetime) -> None:
    check_complete(answer, at=at)
    given = (AnswerState.TO_SIGN, signer_id, answer.proposal.version)
    if (answer.state, answer.signer_id, answer.proposal_version) == given:
        return
    answer.state, answer.signer_id, answer.sent_back = AnswerState.TO_SIGN, signer_id, ""
    answer.given_at, answer.given_by = at, actor
    answer.proposal_version = answer.proposal.version
    answer.writer_id = answer.writer_id or actor.pk
    _changed(answer, at)
    answer.save()
    record("answer_given_to_sign", actor=actor, subject=answer, proposal=answer.proposal_id, signer=signer_id)
    announce_later(answer_to_sign, answer_id=answer.pk)


def give_up_correction(*, consultation: Consultation, proposal_id: int, actor: User, at: datetime) -> Answer:
    """Leave what is published as it is, and forget what was to replace it.

    Raises NoLongerTheirs, NotAnswerable, NothingToCorrect, ConsultationArchived.
    """
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        answer = locked_answers(locked_proposals(consultation, [proposal_id]).values()).get(proposal_id)
        if answer is None:
            raise NotAnswerable
        if answer.current is None or answer.state == AnswerState.PUBLISHED:
            raise NothingToCorrect
        as_published(answer)
        _changed(answer, at)
        answer.save()
        record("answer_correction_given_up", actor=actor, subject=answer, proposal=proposal_id)
        announce_later(answer_taken_back, answer_id=answer.pk)
    return answer


def as_published(answer: Answer) -> None:
    """Forget what was to replace the answer that is published. The caller saves it."""
    for name in TEXT:
        setattr(answer, name, getattr(answer.current, name))
    answer.change = ""
    answer.state, answer.given_at, answer.sent_back = AnswerState.PUBLISHED, None, ""


def check_complete(answer: Answer, *, at: datetime) -> None:
    """Whether it may be signed as it stands. Raises AnswerIncomplete, with what is missing by field."""
    missing: dict[str, str] = {}
    if not answer.decision:
        missing["decision"] = _("Say what is decided.")
    elif (project := _goes_on(answer)) is not None:
        missing["decision"] = _(
            "The project “%(title)s” grew from this proposal, and everybody reads it: it has to be given up first,"
            " with its reason."
        ) % {"title": project.title}
    missing |= _short(answer, "reasons", _("Say why: whoever proposed it reads this first."))
    if answer.decision == Decision.ELSEWHERE:
        missing |= _short(answer, "competent", _("Say who decides on it."))
    if answer.decision == Decision.STUDIED:
        if answer.expected_on is None:
            missing["expected_on"] = _("Say when the answer that counts is given.")
        elif answer.expected_on <= timezone.localdate(at):
            missing["expected_on"] = _("Choose a day to come.")
    if answer.current_id is not None:
        missing |= _short(answer, "change", _("Say what changes: those whom it concerns are told."))
    if answer.own_words:
        missing |= _short(answer, "own_words", "")
    if missing:
        raise AnswerIncomplete(missing)


def _goes_on(answer: Answer) -> Project | None:
    """Of what is not accepted, or no longer: the project that everybody reads, and that comes of it."""
    if answer.current_id is None or answer.decision in ACCEPTED:
        return None
    found = Project.objects.filter(sources__proposal=answer.proposal_id).exclude(published_at=None)
    return found.exclude(state=ProjectState.ABANDONED).order_by("pk").first()


def _short(answer: Answer, name: str, nothing: str) -> dict[str, str]:
    words = getattr(answer, name)
    if not words:
        return {name: nothing}
    try:
        _LENGTHS[name].check(words)
    except Refusal as refusal:
        return {name: str(refusal.message)}
    return {}


def _cleaned(text: Text) -> Text:
    """As it is kept: a draft may be short, and is never too long. What the decision does not ask for goes."""
    words = {
        name: Words(0, each.maximum, each.one_line).cleaned(getattr(text, name)) for name, each in _LENGTHS.items()
    }
    decision = text.decision if text.decision in Decision.values else ""
    if decision != Decision.ELSEWHERE:
        words["competent"] = ""
    expected_on = text.expected_on if decision == Decision.STUDIED else None
    return Text(decision=decision, expected_on=expected_on, **words)


def _changed(answer: Answer, at: datetime) -> None:
    answer.revision += 1
    answer.updated_at = at
