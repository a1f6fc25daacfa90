"""To the team: what is asked of whom to prepare the answers, and what came of it."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from common.templatetags.ui import figure
from common.text import shortened
from consultations.outcomes import events
from consultations.outcomes.abilities import GIVE_OPINION, PREPARE_ANSWERS, SIGN_ANSWERS
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer, AnswerVersion, Opinion
from consultations.participation.enums import Status
from notifications.registry import notice_type, subject
from notifications.types import About, Key, Notification, Until, Words

QUOTED = 200  # letters


def _answers(user: User) -> QuerySet[Answer]:
    found = Answer.objects.select_related("proposal__challenge__consultation")
    return found.only(
        *("state", "writer_id", "signer_id", "sent_back", "proposal__title", "proposal__status"),
        *("proposal__challenge__consultation__slug", "proposal__challenge__consultation__title"),
    )


def _opinions(user: User) -> QuerySet[Opinion]:
    found = Opinion.objects.select_related("answer__proposal__challenge__consultation")
    return found.only(
        *("service_id", "service_name", "question", "stance", "given_at", "taken_back_at", "answer__state"),
        *("answer__proposal__title", "answer__proposal__status"),
        "answer__proposal__challenge__consultation__slug",
    )


def _gone(answer: Answer) -> Words | None:
    if answer.proposal.status == Status.PUBLISHED:
        return None
    sentence = _("You were told of the answer to a proposal that cannot be read any more.")
    return Words(sentence, _("See the desk"), reverse("desk"), is_over=True)


ANSWER = subject("prepared_answer", Answer, read=_answers, gone=_gone)
OPINION = subject("opinion", Opinion, read=_opinions, gone=lambda opinion: _gone(opinion.answer))


def _said(about: About, answer: Answer) -> dict[str, Any]:
    return {"who": about.who, "title": answer.proposal.title, "count": figure(about.count)}


def _page(answer: Answer) -> str:
    return reverse("desk_answer", args=[answer.proposal.challenge.consultation.slug, answer.proposal_id])


def _list(answer: Answer, name: str = "desk_answers") -> str:
    return reverse(name, args=[answer.proposal.challenge.consultation.slug])


def _of_consultation(answer: Answer) -> str:
    return str(answer.proposal.challenge.consultation_id)


def _read(answer_id: int) -> Answer:
    return Answer.objects.select_related("proposal__challenge").get(pk=answer_id)


# ── Until when it is asked ───────────────────────────────────────────────────

Pairs = set[tuple[Key, int]]
_TO_ANSWER: dict[str, Any] = {"proposal__status": Status.PUBLISHED, "proposal__merged_into": None}


def _itself(answer_id: int, **kwargs: Any) -> Iterable[Key]:
    return [answer_id]


def _signed(version_id: int, **kwargs: Any) -> Iterable[Key]:
    return AnswerVersion.objects.filter(pk=version_id).values_list("answer_id", flat=True)


def _that_opinion(opinion_id: int, **kwargs: Any) -> Iterable[Key]:
    return [opinion_id]


def _opinions_on(answer_id: int, **kwargs: Any) -> Iterable[Key]:
    return Opinion.objects.filter(answer=answer_id).values_list("pk", flat=True)


def _of_whom(answers: QuerySet[Answer], *people: str) -> Pairs:
    """The answers, each with those who are named in these columns."""
    return {(pk, person) for pk, *named in answers.values_list("pk", *people) for person in named if person}


def _still_to_write(keys: Collection[Key]) -> Pairs:
    return _of_whom(Answer.objects.filter(pk__in=keys, state=AnswerState.WRITING, **_TO_ANSWER), "writer_id")


def _still_sent_back(keys: Collection[Key]) -> Pairs:
    found = Answer.objects.filter(pk__in=keys, state=AnswerState.WRITING, **_TO_ANSWER).exclude(sent_back="")
    return _of_whom(found, "given_by_id", "writer_id")


def _still_to_sign(keys: Collection[Key]) -> Pairs:
    return _of_whom(Answer.objects.filter(pk__in=keys, state=AnswerState.TO_SIGN, **_TO_ANSWER), "signer_id")


def _still_asked(keys: Collection[Key]) -> Pairs:
    found = Opinion.objects.filter(pk__in=keys, given_at=None, taken_back_at=None, answer__state=AnswerState.WRITING)
    return {(pk, service) for pk, service in found.values_list("pk", "service_id") if service}


# ── Who writes ───────────────────────────────────────────────────────────────


def _assigned(answer_id: int, actor_id: int, **kwargs: Any) -> Notification | None:
    answer = _read(answer_id)
    if answer.writer_id is None:
        return None
    return Notification(
        fact=ANSWER.reference(answer.pk),
        group=_of_consultation(answer),
        recipients={answer.writer_id: {"prepared_answer": answer.pk}},
        actor_id=actor_id,
    )


@notice_type(
    "ANSWER_ASSIGNED",
    gettext_lazy("Of the team: answers that you are asked to write"),
    weight=16,
    event=events.answer_assigned,
    notification=_assigned,
    subjects=(ANSWER,),
    ability=PREPARE_ANSWERS,
    until=Until(
        {
            events.answer_assigned: _itself,
            events.answer_to_sign: _itself,
            events.answer_published: _signed,
        },
        holds=_still_to_write,
    ),
)
def _assigned_words(about: About) -> Words:
    answer: Answer = about["prepared_answer"]
    if about.count > 1:
        told = ngettext(
            "%(who)s asks you to write %(count)s answer.", "%(who)s asks you to write %(count)s answers.", about.count
        )
        return Words(told % _said(about, answer), _("See the answers"), _list(answer))
    is_over = answer.writer_id != about.notice.user_id or answer.state != AnswerState.WRITING
    sentence = _("%(who)s asks you to write the answer to “%(title)s”.") % _said(about, answer)
    return Words(sentence, _("Write it"), _page(answer), is_over=is_over)


def _sent_back(answer_id: int, actor_id: int, **kwargs: Any) -> Notification | None:
    """To whoever gave it to be signed, and to whoever writes it."""
    answer = _read(answer_id)
    people = {person for person in (answer.given_by_id, answer.writer_id) if person}
    if answer.state != AnswerState.WRITING or not answer.sent_back:
        return None
    return Notification(
        fact=ANSWER.reference(answer.pk),
        group=str(answer.pk),
        recipients={person: {"prepared_answer": answer.pk} for person in people},
        actor_id=actor_id,
    )


@notice_type(
    "ANSWER_SENT_BACK",
    gettext_lazy("Of the team: answers that are sent back to you"),
    weight=17,
    event=events.answer_sent_back,
    notification=_sent_back,
    subjects=(ANSWER,),
    ability=PREPARE_ANSWERS,
    until=Until(
        {
            events.answer_to_sign: _itself,
            events.answer_taken_back: _itself,
            events.answer_published: _signed,
        },
        holds=_still_sent_back,
    ),
)
def _sent_back_words(about: About) -> Words:
    answer: Answer = about["prepared_answer"]
    sentence = _("%(who)s sends back the answer to “%(title)s” with a word.") % _said(about, answer)
    is_over = answer.state != AnswerState.WRITING
    return Words(
        sentence, _("Read it and write"), _page(answer), quote=shortened(answer.sent_back, QUOTED), is_over=is_over
    )


# ── Who signs ────────────────────────────────────────────────────────────────


def _to_sign(answer_id: int, **kwargs: Any) -> Notification | None:
    answer = _read(answer_id)
    if answer.signer_id is None or answer.state != AnswerState.TO_SIGN:
        return None
    return Notification(
        fact=ANSWER.reference(answer.pk),
        group=_of_consultation(answer),
        recipients={answer.signer_id: {"prepared_answer": answer.pk}},
        actor_id=answer.given_by_id,
    )


@notice_type(
    "ANSWER_TO_SIGN",
    gettext_lazy("Of the team: answers that wait for your signature"),
    weight=9,
    event=events.answer_to_sign,
    notification=_to_sign,
    subjects=(ANSWER,),
    ability=SIGN_ANSWERS,
    until=Until(
        {
            events.answer_to_sign: _itself,
            events.answer_taken_back: _itself,
            events.answer_sent_back: _itself,
            events.answer_published: _signed,
        },
        holds=_still_to_sign,
    ),
)
def _to_sign_words(about: About) -> Words:
    answer: Answer = about["prepared_answer"]
    if about.count > 1:
        told = ngettext(
            "%(count)s answer waits for your signature.", "%(count)s answers wait for your signature.", about.count
        )
        return Words(told % _said(about, answer), _("Read and sign"), _list(answer, "desk_sign"))
    is_over = answer.state != AnswerState.TO_SIGN or answer.signer_id != about.notice.user_id
    sentence = _("The answer to “%(title)s” waits for your signature.") % _said(about, answer)
    return Words(sentence, _("Read and sign"), _list(answer, "desk_sign"), is_over=is_over)


# ── Who is asked ─────────────────────────────────────────────────────────────


def _opinion(opinion_id: int) -> Opinion:
    return Opinion.objects.select_related("answer__proposal__challenge").get(pk=opinion_id)


def _asked(opinion_id: int, **kwargs: Any) -> Notification | None:
    opinion = _opinion(opinion_id)
    if opinion.service_id is None or opinion.given_at or opinion.taken_back_at:
        return None
    # A reminder is news of its own, in one notice for those of a day.
    group = f".{opinion.reminded_at:%Y%m%d}" if opinion.reminded_at else ""
    return Notification(
        fact=OPINION.reference(opinion.pk),
        group=f"{_of_consultation(opinion.answer)}{group}",
        recipients={opinion.service_id: {"opinion": opinion.pk}},
        actor_id=opinion.asked_by_id,
    )


@notice_type(
    "OPINION_ASKED",
    gettext_lazy("Of the team: proposals on which your opinion is asked for"),
    weight=18,
    event=events.opinion_asked,
    notification=_asked,
    subjects=(OPINION,),
    ability=GIVE_OPINION,
    until=Until(
        {
            events.opinion_given: _that_opinion,
            events.opinion_taken_back: _that_opinion,
            events.answer_to_sign: _opinions_on,
        },
        holds=_still_asked,
    ),
)
def _asked_words(about: About) -> Words:
    opinion: Opinion = about["opinion"]
    said = _said(about, opinion.answer)
    if about.count > 1:
        told = ngettext(
            "%(who)s awaits your opinion on %(count)s proposal.",
            "%(who)s awaits your opinion on %(count)s proposals.",
            about.count,
        )
        return Words(told % said, _("See them"), reverse("opinions"))
    is_over = bool(opinion.given_at or opinion.taken_back_at) or opinion.answer.state != AnswerState.WRITING
    target = reverse("opinions") if opinion.taken_back_at else reverse("opinion", args=[opinion.pk])
    sentence = _("%(who)s awaits your opinion on “%(title)s”.") % said
    return Words(sentence, _("Give it"), target, quote=shortened(opinion.question, QUOTED), is_over=is_over)


def _given(opinion_id: int, **kwargs: Any) -> Notification | None:
    """To whoever writes the answer, and whoever asked."""
    opinion = _opinion(opinion_id)
    people = {person for person in (opinion.answer.writer_id, opinion.asked_by_id) if person}
    if opinion.given_at is None:
        return None
    return Notification(
        fact=f"opinion_given:{opinion.pk}.{opinion.revision}",
        group=str(opinion.answer_id),
        recipients={person: {"opinion": opinion.pk} for person in people},
        actor_id=opinion.service_id,
    )


@notice_type(
    "OPINION_GIVEN",
    gettext_lazy("Of the team: opinions of services on what you answer"),
    weight=19,
    event=events.opinion_given,
    notification=_given,
    subjects=(OPINION,),
    ability=PREPARE_ANSWERS,
)
def _given_words(about: About) -> Words:
    opinion: Opinion = about["opinion"]
    said = _said(about, opinion.answer) | {
        "service": opinion.service_name,
        "opinion": opinion.get_stance_display().lower(),
    }
    if about.count > 1:
        told = ngettext(
            "%(count)s opinion given on “%(title)s”.", "%(count)s opinions given on “%(title)s”.", about.count
        )
    else:
        told = _("%(service)s on “%(title)s”: %(opinion)s.")
    return Words(told % said, _("Read it and answer"), _page(opinion.answer))
