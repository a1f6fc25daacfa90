"""Writing the city's challenges: its own copies, that nobody else writes to."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.refusals import Refusal
from consultations.framing.models import Challenge, Consultation
from consultations.framing.services.consultations import free_slug, locked, refuse_archived
from consultations.framing.services.uses import is_in_use
from consultations.library.selectors import template_at

# What a city may write in a challenge. Its address stays, so that links hold.
TEXTS = (
    "theme",
    "label",
    "question",
    "summary",
    "why",
    "figures",
    "guiding_questions",
    "on_table",
    "off_table",
    "examples",
)
MAX = 20


MARKS = ("validated_at", "validated_by", "advised_at", "advised_by")


class TooManyChallenges(Refusal):
    code = "too_many_challenges"
    message = gettext_lazy("Twenty challenges at most: beyond that nobody finds their way. Remove one first.")


class FigureWithoutSource(Refusal):
    code = "figure_without_source"
    status = 422
    message = gettext_lazy("Say where each figure comes from: people trust a figure whose source they can read.")


class ChallengeInUse(Refusal):
    code = "challenge_in_use"
    message = gettext_lazy(
        "This challenge has proposals or drafts: it stays, so that nothing people wrote is lost. You may reword it."
    )


class TemplateGone(Refusal):
    code = "template_gone"
    message = gettext_lazy("The library no longer has this version. Nothing was changed.")


def add_challenge(*, consultation: Consultation, actor: User | None, **texts: Any) -> Challenge:
    """Write a challenge of the city's own, after the others.

    Raises TooManyChallenges, FigureWithoutSource. Like all that writes here, ConsultationArchived.

    The same question again (a form sent twice): the one that is there is returned.
    """
    _ask_for_sources(texts)
    with transaction.atomic():
        consultation = locked(consultation)
        others = list(consultation.challenges.order_by("position", "pk"))
        same = next(
            (each for each in others if (each.label, each.question) == (texts["label"], texts["question"])), None
        )
        if same is not None:
            return same
        if len(others) >= MAX:
            raise TooManyChallenges
        challenge = Challenge.objects.create(
            consultation=consultation,
            slug=free_slug(texts["label"], taken_by=Challenge),
            position=others[-1].position + 1 if others else 1,
            **texts,
        )
        record("challenge_added", actor=actor, subject=challenge)
    return challenge


def edit_challenge(*, challenge: Challenge, actor: User | None, revision: int, **texts: Any) -> Challenge:
    """Change the city's text. A challenge whose text changes is to be validated again, by both sides.

    Raises FigureWithoutSource; ChangedMeanwhile where another saved since `revision`. Nothing changed: nothing happens.
    """
    if texts.get("figures") != challenge.figures:
        _ask_for_sources(texts)
    with transaction.atomic():
        challenge = locked_challenge(challenge)
        changed = _write(challenge, texts, seen=revision)
        if changed:
            record("challenge_edited", actor=actor, subject=challenge, fields=changed)
    return challenge


def take_library_wording(
    *, challenge: Challenge, actor: User, version: int, fields: list[str], revision: int
) -> Challenge:
    """Take the library's wording of `version` for these fields only; none of them: the city keeps its text.

    Either way the city has now seen that version. Raises ChangedMeanwhile where another saved
    since `revision`, TemplateGone where the library has no such version. Seen already: nothing happens.
    """
    with transaction.atomic():
        challenge = locked_challenge(challenge)
        if challenge.template_version is None or challenge.template_version >= version:
            return challenge
        template = template_at(challenge.template_set, challenge.template_code, version)
        if template is None:
            raise TemplateGone
        wording = {name: value for name, value in template.content.items() if name in fields}
        changed = _write(challenge, wording, seen=revision)
        challenge.template_version = version
        challenge.save(update_fields=["template_version"])
        record("library_wording_taken", actor=actor, subject=challenge, version=version, fields=changed)
    return challenge


def validate_challenge(*, challenge: Challenge, actor: User | None, revision: int, at: datetime) -> None:
    """Note that the city finds this text right: in an open consultation residents read it from now on.

    Raises ChangedMeanwhile: only what was read is validated.
    """
    with transaction.atomic():
        # It may be opening at this moment.
        consultation = locked(challenge.consultation)
        challenge = locked_challenge(challenge)
        if challenge.is_validated:
            return
        if challenge.revision != revision:
            raise ChangedMeanwhile(challenge)
        challenge.validated_at, challenge.validated_by = at, actor
        if consultation.opened_at and not challenge.is_public:
            challenge.published_at = at
        challenge.save(update_fields=["validated_at", "validated_by", "published_at"])
        record("challenge_validated", actor=actor, subject=challenge, revision=revision)


def unvalidate_challenge(*, challenge: Challenge, actor: User) -> None:
    """Take the validation back; a challenge on which nobody has written is public no longer. Not validated: nothing
    happens.
    """
    with transaction.atomic():
        challenge = locked_challenge(challenge)
        if not challenge.is_validated:
            return
        challenge.validated_at = challenge.validated_by = None
        if challenge.is_public and not is_in_use(challenge):
            challenge.published_at = None
        challenge.save(update_fields=["validated_at", "validated_by", "published_at"])
        record("challenge_unvalidated", actor=actor, subject=challenge)


def move_challenge(*, challenge: Challenge, actor: User, up: bool) -> None:
    """Exchange places with the one before (`up`) or after. At the end of the line nothing happens."""
    with transaction.atomic():
        locked(challenge.consultation)
        line = list(Challenge.objects.filter(consultation_id=challenge.consultation_id).order_by("position", "pk"))
        here = next((place for place, each in enumerate(line) if each.pk == challenge.pk), None)
        there = None if here is None else here + (-1 if up else 1)
        if here is None or there is None or not 0 <= there < len(line):
            return
        line[here], line[there] = line[there], line[here]
        # Numbered anew: two may have had the same place.
        for position, each in enumerate(line, start=1):
            each.position = position
        Challenge.objects.bulk_update(line, ["position"])
        record("challenge_moved", actor=actor, subject=challenge, position=there + 1)


def remove_challenge(*, challenge: Challenge, actor: User) -> None:
    """Remove a challenge on which nobody has written. Raises ChallengeInUse. Gone already: nothing happens."""
    with transaction.atomic():
        found = Challenge.objects.select_for_update(no_key=True).filter(pk=challenge.pk).first()
        if found is None:
            return
        refuse_archived(found.consultation)
        if is_in_use(found):
            raise ChallengeInUse
        record("challenge_removed", actor=actor, subject=found, slug=found.slug, title=found.question)
        found.delete()


def locked_challenge(challenge: Challenge) -> Challenge:
    found = (
        Challenge.objects.select_for_update(of=("self",), no_key=True)
        .select_related("consultation")
        .get(pk=challenge.pk)
    )
    refuse_archived(found.consultation)
    return found


def _ask_for_sources(texts: dict[str, Any]) -> None:
    if not all(each.get("source") for each in texts.get("figures") or []):
        raise FigureWithoutSource


def take_marks_off(challenge: Challenge) -> None:
    """What both sides found right is no longer what stands there. Not saved."""
    challenge.validated_at = challenge.validated_by = challenge.advised_at = None
    challenge.advised_by = ""


def _write(challenge: Challenge, texts: dict[str, Any], *, seen: int) -> list[str]:
    """Write what differs; the names of those fields. Raises ChangedMeanwhile."""
    changed = [name for name, value in texts.items() if getattr(challenge, name) != value]
    if not changed:
        return []
    if challenge.revision != seen:
        raise ChangedMeanwhile(challenge)
    for name in changed:
        setattr(challenge, name, texts[name])
    challenge.revision += 1
    take_marks_off(challenge)
    challenge.save(update_fields=[*changed, "revision", *MARKS])
    return changed
