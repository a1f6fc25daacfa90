"""The city's answers, as moderation decides on them (moderation.kinds): version by version, as they were signed."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, QuerySet

from consultations.moderation.enums import Kind
from consultations.moderation.kinds import KindAbove, register
from consultations.moderation.subjects import Subject, url_of
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.participation.enums import Status

_COPIED = ("own_words", "reasons", "competent")  # a draft begins with those of what is published
# An answer is read on the page of a proposal that has lost its words, too.
_ANSWER_READ = frozenset({Status.PUBLISHED, Status.WITHDRAWN, Status.REMOVED})
_TEXTS = (*_COPIED, "change")


def _read(pks: list[int]) -> Iterator[Subject | None]:
    found = AnswerVersion.objects.select_related("signed_by", "answer__proposal__challenge__consultation")
    for each in found.defer("answer__proposal__search").filter(pk__in=pks).order_by("pk"):
        proposal = each.answer.proposal
        yield Subject(
            kind=Kind.OFFICIAL,
            pk=each.pk,
            row=each,
            texts={name: text for name in _TEXTS if (text := getattr(each, name))},
            author=each.signed_by,
            author_name=each.signed_name,
            url=f"{url_of(Kind.PROPOSAL, proposal, proposal)}#reponse",
            proposal=proposal,
            is_hidden=each.is_hidden,
            is_public=not each.is_hidden and proposal.status in _ANSWER_READ,
            signed_at=each.signed_at,
        )


def _lock(pk: int) -> None:
    """Its answer: whoever writes or signs another locks it too."""
    of = AnswerVersion.objects.filter(pk=pk).values("answer")
    Answer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=of).first()


def _hide(subject: Subject, hidden: bool) -> None:
    """With its words where the next one is written, which begins with them: it would publish them anew."""
    AnswerVersion.objects.filter(pk=subject.pk).update(is_hidden=hidden)
    draft = Answer.objects.get(pk=subject.row.answer_id)
    for name in _COPIED:
        words = getattr(subject.row, name)
        kept, shown = (words, "") if hidden else ("", words)
        if getattr(draft, name) == kept:
            setattr(draft, name, shown)
    draft.revision += 1
    draft.save(update_fields=[*_COPIED, "revision"])


def _places(subject: Subject) -> Iterator[tuple[QuerySet[Any], tuple[str, ...]]]:
    """In all versions, which everybody reads, and where the next one is written: it would be published anew."""
    yield AnswerVersion.objects.filter(answer=subject.row.answer_id), _TEXTS
    yield Answer.objects.filter(pk=subject.row.answer_id), _TEXTS


def _redacted(subject: Subject) -> None:
    """Whoever has the words before them, to write on or to sign, reads them again first."""
    Answer.objects.filter(pk=subject.row.answer_id).update(revision=F("revision") + 1)


register(
    KindAbove(
        kind=Kind.OFFICIAL,
        read=_read,
        under_hidden=(AnswerVersion, Q(answer__proposal__status=Status.HIDDEN)),
        lock=_lock,
        hide=_hide,
        places=_places,
        redacted=_redacted,
        models=(AnswerVersion, Answer),
    )
)
