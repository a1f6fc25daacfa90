"""Beginning another consultation, in private; and giving it up."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Document, Phase
from consultations.framing.services.challenges import TEXTS
from consultations.framing.services.consultations import SAID, free_slug
from consultations.framing.services.documents import copy_file
from consultations.framing.services.forward import lock_consultations
from consultations.framing.services.uses import relations_of_challenges
from consultations.library.models import ChallengeSet
from tenants.models import Municipality

MAX_PREPARED = 10
# What a new one takes over from an earlier one, beside its challenges and documents.
_KEPT = ("documents_none", *(name for name in SAID if name != "title"))
_TWICE = timedelta(minutes=1)


class TooManyPrepared(Refusal):
    code = "too_many_prepared"
    message = gettext_lazy("Ten consultations are being prepared already. Open one of them, or give one up.")


class OpenedAlready(Refusal):
    code = "opened_already"
    message = gettext_lazy("This consultation has been opened: it stays. You can close it, then archive it.")


class WrittenOn(Refusal):
    code = "written_on"
    message = gettext_lazy("Your team has brought proposals together there while trying it out: it stays.")


def prepare_from_set(
    *, challenge_set: ChallengeSet, municipality: Municipality, actor: User | None, title: str, at: datetime
) -> Consultation:
    """A consultation with the challenges of a set of the library, that only the team sees. Raises TooManyPrepared.

    The same title again within a minute (a form sent twice): the one that is there is returned.
    """
    said: dict[str, Any] = {
        "question": challenge_set.question.replace("{name}", municipality.name)[:200],
        "introduction": challenge_set.summary,
    }
    challenges = [
        Challenge(
            slug=template.code,
            template_set=challenge_set.code,
            template_code=template.code,
            template_version=challenge_set.version,
            **template.content,
        )
        for template in challenge_set.challenges.order_by("position", "pk")
    ]
    return _prepare(
        municipality, actor=actor, title=title, at=at, challenges=challenges, origin=challenge_set.code, **said
    )


def prepare_from_earlier(
    *, earlier: Consultation, municipality: Municipality, actor: User | None, title: str, at: datetime
) -> Consultation:
    """The same, with the texts, challenges and documents of another: without its dates, and what people wrote there.

    Its challenges are to be validated anew.
    """
    kept = (*TEXTS, "template_set", "template_code", "template_version")
    challenges = [
        Challenge(slug=each.slug, **{name: getattr(each, name) for name in kept})
        for each in earlier.challenges.order_by("position", "pk")
    ]
    documents = [
        (Document(title=each.title, url=each.url, text=each.text, is_file=each.is_file, added_at=at), each)
        for each in earlier.documents.order_by("added_at", "pk")
    ]
    said = {name: getattr(earlier, name) for name in _KEPT}
    return _prepare(
        municipality,
        actor=actor,
        title=title,
        at=at,
        challenges=challenges,
        documents=documents,
        origin=earlier.slug,
        **said,
    )


def prepare_empty(
    *, municipality: Municipality, actor: User | None, title: str, question: str, at: datetime
) -> Consultation:
    """The same, without a challenge."""
    return _prepare(municipality, actor=actor, title=title, at=at, question=question)


def give_up(*, consultation: Consultation, actor: User) -> None:
    """Delete one that never opened, with what the team wrote while trying it out. Gone already: nothing happens.

    Raises OpenedAlready, WrittenOn.
    """
    with transaction.atomic():
        found = next((each for each in lock_consultations() if each.pk == consultation.pk), None)
        if found is None:
            return
        if found.opened_at is not None:
            raise OpenedAlready
        record("consultation_given_up", actor=actor, subject=found, title=found.title)
        try:
            with transaction.atomic():
                for relation in relations_of_challenges():
                    tried = {f"{relation.field.name}__consultation": found}
                    relation.related_model._base_manager.filter(**tried).delete()
                found.delete()
        except ProtectedError as problem:
            raise WrittenOn from problem


def _prepare(
    municipality: Municipality,
    *,
    actor: User | None,
    title: str,
    at: datetime,
    challenges: Iterable[Challenge] = (),
    documents: Sequence[tuple[Document, Document]] = (),
    origin: str = "",
    **said: Any,
) -> Consultation:
    with transaction.atomic():
        others = lock_consultations()
        prepared = [each for each in others if each.opened_at is None]
        same = next((each for each in prepared if each.title == title and each.created_at > at - _TWICE), None)
        if same is not None:
            return same
        if len(prepared) >= MAX_PREPARED:
            raise TooManyPrepared
        consultation = Consultation.objects.create(
            slug=free_slug(title, taken_by=Consultation),
            title=title,
            created_at=at,
            # Where nobody is let in yet and the home has none, the team sees it there.
            is_current=not municipality.is_open and not any(each.is_current for each in others),
            **said,
        )
        Phase.objects.bulk_create(Phase(consultation=consultation, kind=kind) for kind in PhaseKind)
        for position, challenge in enumerate(challenges, start=1):
            challenge.consultation, challenge.position = consultation, position
            challenge.slug = free_slug(challenge.slug, taken_by=Challenge)
            challenge.save(force_insert=True)
        for document, original in documents:
            document.consultation = consultation
            document.save(force_insert=True)
            if original.is_file:
                copy_file(document=original, to=document)
        record("consultation_prepared", actor=actor, subject=consultation, origin=origin)
    return consultation
