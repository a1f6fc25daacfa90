"""Operators' work on the library: preparing a version, writing it, publishing it, withdrawing a set.

Every service takes the set's lock, so two operators at once are one after the other; what one has
seen is named by its revision, and a change made on an older one is refused, with nothing written.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from consultations.library.models import ChallengeSet, ChallengeTemplate
from consultations.library.rules import Problem, problems_of
from consultations.library.services.shipping import WORDS, Content, content_of, lock_set, same_text, write_challenges


class CodeTaken(Refusal):
    """Another set has this code."""

    code = "set_code_taken"
    message = _("A set already has this title, or one too close to it.")


class DraftGone(Refusal):
    """The draft, or its challenge, has been published, discarded or removed in the meantime."""

    code = "set_draft_gone"
    message = _("No version of this set is being prepared at present.")


class DraftChanged(Refusal):
    """Someone has changed it since it was read."""

    code = "set_draft_changed"
    message = _("The draft has just changed: here it is. Try again if you still wish to.")


class NotComplete(Refusal):
    """The draft may not be published yet."""

    code = "set_not_complete"
    message = _("This version is not complete yet: see what is missing.")

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


class NothingNew(Refusal):
    """The draft says word for word what the newest published version says."""

    code = "set_nothing_new"
    message = _("Nothing differs from the published version: there is nothing to publish.")


# ── A draft ───────────────────────────────────────────────────────────────────


def create_set(*, code: str, title: str, question: str, summary: str, actor: User) -> ChallengeSet:
    """A new set, as a draft of its first version. Sent twice, it is the same draft. Raises CodeTaken."""
    words = {"title": title, "question": question, "summary": summary}
    with transaction.atomic():
        lock_set(code)
        for known in ChallengeSet.objects.filter(code=code).newest_first():
            if known.is_draft and all(getattr(known, name) == said for name, said in words.items()):
                return known
            raise CodeTaken
        draft = ChallengeSet.objects.create(code=code, version=1, **words)
        record("library.set_created", actor=actor, subject=draft, code=code, version=1)
    return draft


def prepare_version(*, content: Content, actor: User) -> ChallengeSet:
    """A draft of the next version, beginning from a version's or a file's content. One is there: it stays as it is."""
    code = content["code"]
    with transaction.atomic():
        lock_set(code)
        draft = ChallengeSet.objects.drafts().filter(code=code).first()
        if draft is not None:
            return draft
        newest = ChallengeSet.objects.published().filter(code=code).newest_first().first()
        draft = ChallengeSet.objects.create(
            code=code,
            version=newest.version + 1 if newest else 1,
            **{name: content[name] for name in WORDS},
        )
        write_challenges(draft, content["challenges"])
        record(
            "library.draft_prepared",
            actor=actor,
            subject=draft,
            code=code,
            version=draft.version,
            begun_from=content["version"],
        )
    return draft


def edit_set(*, code: str, revision: int, title: str, question: str, summary: str, actor: User) -> ChallengeSet:
    """Write a draft's own words. Raises DraftGone, DraftChanged."""
    with transaction.atomic():
        draft = _locked_draft(code, revision)
        draft.title, draft.question, draft.summary = title, question, summary
        _changed(draft, "library.set_edited", actor)
    return draft


def discard_draft(*, code: str, revision: int, actor: User) -> None:
    """Give a draft up, with all that was written in it. Raises DraftGone, DraftChanged."""
    with transaction.atomic():
        draft = _locked_draft(code, revision)
        record("library.draft_discarded", actor=actor, subject=draft, code=code, version=draft.version)
        draft.delete()


def publish_draft(*, code: str, revision: int, actor: User, at: datetime) -> ChallengeSet:
    """From now on new cities start from it, and it never changes again.

    A set that was withdrawn is offered again. Raises DraftGone, DraftChanged, NotComplete, NothingNew.
    """
    with transaction.atomic():
        draft = _locked_draft(code, revision)
        content = content_of(draft)
        if problems := problems_of(content):
            raise NotComplete(problems)
        newest = ChallengeSet.objects.published().filter(code=code).newest_first().first()
        if newest is not None and newest.withdrawn_at is None and same_text(newest, content):
            raise NothingNew
        draft.published_at = at
        draft.save(update_fields=["published_at"])
        record("library.set_published", actor=actor, subject=draft, code=code, version=draft.version)
    return draft


# ── Its challenges ────────────────────────────────────────────────────────────


def add_challenge(*, code: str, actor: User, **content: Any) -> ChallengeTemplate:
    """A new challenge at the end of the draft; its code is made from its label, for ever. Raises DraftGone.

    Sent twice, it is the same challenge.
    """
    with transaction.atomic():
        draft = _locked_draft(code)
        challenges = list(draft.challenges.all())
        for known in challenges:
            if all(getattr(known, name) == said for name, said in content.items()):
                return known
        template = ChallengeTemplate.objects.create(
            challenge_set=draft,
            code=_free_code(content["label"], {each.code for each in challenges}),
            position=max((each.position for each in challenges), default=0) + 1,
            **content,
        )
        _changed(draft, "library.challenge_added", actor, challenge=template.code)
    return template


def edit_challenge(*, code: str, challenge: str, revision: int, actor: User, **content: Any) -> ChallengeTemplate:
    """Write a draft's challenge. `revision` is the challenge's own. Raises DraftGone, DraftChanged.

    The same text as before changes nothing and leaves no trace.
    """
    with transaction.atomic():
        draft = _locked_draft(code)
        template = _challenge_of(draft, challenge)
        fields = [name for name, value in content.items() if getattr(template, name) != value]
        if not fields:
            return template
        if template.revision != revision:
            raise DraftChanged
        for name in fields:
            setattr(template, name, content[name])
        template.revision += 1
        template.save(update_fields=[*fields, "revision"])
        _changed(draft, "library.challenge_edited", actor, challenge=challenge, fields=fields)
    return template


def move_challenge(*, code: str, challenge: str, revision: int, up: bool, actor: User) -> None:
    """One place up or down; at the end of the list nothing happens. Raises DraftGone, DraftChanged."""
    with transaction.atomic():
        draft = _locked_draft(code, revision)
        order = list(draft.challenges.all())
        place = order.index(_challenge_of(draft, challenge))
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        for position, template in enumerate(order, start=1):
            template.position = position
        ChallengeTemplate.objects.bulk_update(order, ["position"])
        _changed(draft, "library.challenge_moved", actor, challenge=challenge, place=other + 1)


def remove_challenge(*, code: str, challenge: str, revision: int, actor: User) -> None:
    """Take a challenge out of the draft; versions that have it keep it. Raises DraftGone, DraftChanged."""
    with transaction.atomic():
        draft = _locked_draft(code, revision)
        _challenge_of(draft, challenge).delete()
        _changed(draft, "library.challenge_removed", actor, challenge=challenge)


# ── What is offered ───────────────────────────────────────────────────────────


def withdraw_set(*, code: str, actor: User, at: datetime) -> None:
    """Offer a set no more. Cities that started from it keep everything. Twice is once."""
    _offer(code=code, withdrawn_at=at, action="library.set_withdrawn", actor=actor)


def offer_set_again(*, code: str, actor: User) -> None:
    """Put a withdrawn set back on offer. Twice is once."""
    _offer(code=code, withdrawn_at=None, action="library.set_offered_again", actor=actor)


def _offer(*, code: str, withdrawn_at: datetime | None, action: str, actor: User) -> None:
    with transaction.atomic():
        lock_set(code)
        newest = ChallengeSet.objects.published().filter(code=code).newest_first().first()
        if newest is None:
            raise ChallengeSet.DoesNotExist(code)
        if (newest.withdrawn_at is None) == (withdrawn_at is None):
            return
        newest.withdrawn_at = withdrawn_at
        newest.save(update_fields=["withdrawn_at"])
        record(action, actor=actor, subject=newest, code=code, version=newest.version)


# ── Shared ────────────────────────────────────────────────────────────────────


def _locked_draft(code: str, revision: int | None = None) -> ChallengeSet:
    lock_set(code)
    draft = ChallengeSet.objects.drafts().filter(code=code).prefetch_related("challenges").first()
    if draft is None:
        raise DraftGone
    if revision is not None and draft.revision != revision:
        raise DraftChanged
    return draft


def _challenge_of(draft: ChallengeSet, code: str) -> ChallengeTemplate:
    for template in draft.challenges.all():
        if template.code == code:
            return template
    raise DraftGone


def _changed(draft: ChallengeSet, action: str, actor: User, **details: Any) -> None:
    draft.revision += 1
    draft.save()
    record(action, actor=actor, subject=draft, code=draft.code, version=draft.version, **details)


def code_of(words: str) -> str:
    """A code from a title or a label: “L’hiver” gives l-hiver."""
    return slugify(words.replace("’", " ").replace("'", " "))[:60].strip("-")


def _free_code(label: str, taken: set[str]) -> str:
    wished = code_of(label)[:50].strip("-") or "defi"
    code, number = wished, 2
    while code in taken:
        code, number = f"{wished}-{number}", number + 1
    return code
