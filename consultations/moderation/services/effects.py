"""What a decision does to what it is about, in every state of a city in which texts are public."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.names import key_of
from common.city import present_city
from common.db import as_owner
from common.text import BLANK
from consultations.cocreation.models import HeldVersion, MergeRequest, ReworkDraft
from consultations.cocreation.services.held_versions import hold_refused, locked_version, publish_held, refuse_held
from consultations.moderation.enums import Act, Kind
from consultations.moderation.kinds import KINDS_ABOVE
from consultations.moderation.models import Case, Decision, Original
from consultations.moderation.services.refusals import PassageNotFound
from consultations.moderation.subjects import Subject, all_texts
from consultations.offline.models import Correction
from consultations.participation.models import Argument, Draft, Proposal, ProposalVersion, Reply
from consultations.participation.rules import PARTS
from consultations.participation.services.visibility import (
    Hideable,
    hide,
    hide_answer,
    hide_picture,
    hold_back,
    locked,
    publish,
    restore,
    restore_answer,
    restore_picture,
)

_TEXTS_OF: dict[Kind, type[Hideable]] = {
    Kind.PROPOSAL: Proposal,
    Kind.PICTURE: Proposal,
    Kind.ARGUMENT: Argument,
    Kind.REPLY: Reply,
    Kind.ANSWER: Argument,
}


@contextmanager
def on_public_texts() -> Iterator[None]:
    """Where a city only reads, its role may write no text: a decision is carried out with the service's own.

    The rights of persons, and what the law forbids, don't wait for an invoice to be paid.
    """
    city = present_city()
    if city is None or city.takes_writing:
        yield
        return
    with as_owner():  # which moves no content revision; the decision, written in the same transaction, does
        yield


def carry_out(decision: Decision, subject: Subject, *, passages: Sequence[str], actor: User | None) -> None:
    """In the transaction of the decision. Where it is so already, nothing happens."""
    if decision.publishes:
        _let_out(decision, subject, passages, actor=actor)
    elif decision.act == Act.HIDE:
        take_away(subject, decision, actor=actor)
    elif decision.act == Act.RESTORE:
        bring_back(subject, actor=actor)
    elif decision.act == Act.REDACT:
        if subject.is_hidden:  # contested, and only a passage has to stay out of sight
            bring_back(subject, actor=actor)
        with on_public_texts():
            _redact(subject, decision, passages)
    elif decision.act == Act.SUSPEND:
        _suspend(subject.pk, decision.until)


def _let_out(decision: Decision, subject: Subject, passages: Sequence[str], *, actor: User | None) -> None:
    """What waited is published, without the passages."""
    if subject.was_refused:
        bring_back(subject, actor=actor)
    with on_public_texts():
        if decision.act == Act.REDACT:
            _redact(subject, decision, passages)
        if subject.kind == Kind.VERSION:  # once it can no longer be cancelled: people react to a version
            return
        publish(subject.row, at=decision.decided_at, actor=actor)


def let_out_version(subject: Subject, decision: Decision) -> None:
    """A new version, once its publication can no longer be cancelled."""
    with on_public_texts():
        publish_held(subject.row, at=decision.decided_at)


def lock_subject(case: Case) -> None:
    """The text that a case is about, before the case itself: whoever changes the text locks in that order.

    A city that only reads has no right to: nobody writes there.
    """
    model = _TEXTS_OF.get(Kind(case.kind))
    city = present_city()
    if city is not None and not city.takes_writing:
        return
    if case.kind == Kind.VERSION and (version := HeldVersion.objects.filter(pk=case.subject_id).first()):
        with suppress(ObjectDoesNotExist):
            locked_version(version)
    if case.kind in KINDS_ABOVE:
        KINDS_ABOVE[case.kind].lock(case.subject_id)
    if model is None:
        return
    found = model._default_manager.filter(pk=case.subject_id).first()
    if found is not None:
        with suppress(ObjectDoesNotExist):  # gone at this very moment
            locked(found)


def take_away(subject: Subject, decision: Decision, *, actor: User | None) -> None:
    with on_public_texts():
        if subject.kind == Kind.PICTURE:
            hide_picture(subject.row, actor=actor)
        elif subject.kind == Kind.ANSWER:
            hide_answer(subject.row, actor=actor)
        elif subject.kind == Kind.NAME:
            _take_name(subject.row, decision)
        elif subject.kind == Kind.VERSION:
            refuse_held(subject.row, actor=actor)
        elif subject.kind in KINDS_ABOVE:
            KINDS_ABOVE[subject.kind].hide(subject, True)
        else:
            hide(subject.row, actor=actor)


def bring_back(subject: Subject, *, actor: User | None) -> None:
    """What is out of sight, as it would be by now; else the words that were taken out of it.

    What its author has written anew since stays as it is.
    """
    with on_public_texts():
        if subject.kind == Kind.NAME:
            _give_name_back(subject.row)
        elif subject.kind == Kind.ACCOUNT:
            _suspend(subject.pk, None)
        elif not subject.is_hidden:
            put_originals_back(Original.objects.filter(decision__in=_about(subject)))
        elif subject.kind == Kind.PICTURE:
            restore_picture(subject.row, actor=actor)
        elif subject.kind == Kind.ANSWER:
            restore_answer(subject.row, actor=actor)
        elif subject.kind == Kind.VERSION:
            hold_refused(subject.row, actor=actor)
        elif subject.kind in KINDS_ABOVE:
            KINDS_ABOVE[subject.kind].hide(subject, False)
        else:
            restore(subject.row, actor=actor)


def take_back(decision: Decision, subject: Subject, *, actor: User | None) -> None:
    """As if the decision, the last one, had never been taken."""
    if decision.publishes and subject.kind != Kind.VERSION:
        with on_public_texts():
            hold_back(subject.row, actor=actor)
    before = _in_force_before(decision, subject)
    if decision.act == Act.SUSPEND:
        _suspend(subject.pk, before.until if before is not None and before.act == Act.SUSPEND else None)
    elif decision.act == Act.REDACT:
        with on_public_texts():
            put_originals_back(decision.originals.all())
        if before is not None and before.act == Act.HIDE:
            take_away(subject, before, actor=actor)
    elif decision.act == Act.HIDE and (before is None or before.act != Act.HIDE):
        bring_back(subject, actor=actor)
    elif decision.act == Act.RESTORE and before is not None:
        _take_again(before, subject, actor=actor)


def _take_again(before: Decision, subject: Subject, *, actor: User | None) -> None:
    """What was shown again goes once more, as `before` had taken it away."""
    if before.act == Act.REDACT:
        while before.answers is not None and before.answers.decision.act == Act.REDACT:
            before = before.answers.decision  # upheld: its words had been taken out long before
        with on_public_texts():
            _swap(before.originals.order_by("pk"), "before", "after")
    elif before.act == Act.SUSPEND:
        _suspend(subject.pk, before.until)
    elif before.act == Act.HIDE:
        take_away(subject, before, actor=actor)


def _in_force_before(decision: Decision, subject: Subject) -> Decision | None:
    """What was hidden, or shown again, when it was taken."""
    acts = [Act.HIDE, Act.REDACT, Act.RESTORE, Act.SUSPEND]
    earlier = _about(subject).filter(pk__lt=decision.pk, act__in=acts, cancelled_by=None)
    return earlier.order_by("-pk").first()


def _about(subject: Subject) -> models.QuerySet[Decision]:
    return Decision.objects.filter(case__kind=subject.kind, case__subject_id=subject.pk)


def put_originals_back(originals: models.QuerySet[Original]) -> None:
    """The last first: each stands on what the one before it left."""
    _swap(originals.order_by("-pk"), "after", "before")


def _swap(originals: models.QuerySet[Original], present: str, wanted: str) -> None:
    for original in originals:
        model = _model_of(original.table)
        is_json = isinstance(model._meta.get_field(original.column), models.JSONField)
        there, instead = (
            json.loads(text) if is_json else text for text in (getattr(original, present), getattr(original, wanted))
        )
        rows = model._default_manager.filter(**{"pk": original.row, original.column: there})
        rows.update(**{original.column: instead})


# ── A passage, or a name ──────────────────────────────────────────────────────

_MODELS: dict[str, type[models.Model]] = {
    model._meta.db_table: model
    for model in (Proposal, ProposalVersion, Argument, Reply, ReworkDraft, HeldVersion, MergeRequest, Draft, Correction)
}


def _model_of(table: str) -> type[models.Model]:
    others = {each._meta.db_table: each for kind in KINDS_ABOVE.values() for each in kind.models}
    return (_MODELS | others)[table]


def _redact(subject: Subject, decision: Decision, passages: Sequence[str]) -> None:
    """Overwrite the passages wherever the words were copied to: versions, drafts, texts brought together.

    Raises PassageNotFound unless each stands in the text, or in an earlier version of it.
    """
    words = all_texts(subject).values()
    for passage in passages:
        if not any(passage in text for text in words):
            raise PassageNotFound
    originals = []
    for rows, columns in _places(subject):
        for row in rows:
            changed = {}
            for column in columns:
                before = getattr(row, column)
                after = _without(before, passages)
                if column == "source_url" and after != before:
                    after = ""  # an address with words missing leads elsewhere
                if after != before:
                    changed[column] = after
                    originals.append(
                        Original(
                            decision=decision,
                            table=row._meta.db_table,
                            row=row.pk,
                            column=column,
                            before=_kept(before),
                            after=_kept(after),
                        )
                    )
            if changed:
                type(row)._default_manager.filter(pk=row.pk).update(**changed)
    Original.objects.bulk_create(originals)
    if subject.kind in KINDS_ABOVE:
        KINDS_ABOVE[subject.kind].redacted(subject)


def _without(value: Any, passages: Sequence[str]) -> Any:
    """A text, or texts in lists and tables of them, with blanks instead of the passages."""
    if isinstance(value, str):
        for passage in passages:
            value = value.replace(passage, BLANK)
    elif isinstance(value, dict):
        value = {name: _without(each, passages) for name, each in value.items()}
    elif isinstance(value, list):
        value = [_without(each, passages) for each in value]
    return value


def _kept(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_TEXTS = tuple(PARTS)


def _places(subject: Subject) -> Iterator[tuple[models.QuerySet[models.Model], tuple[str, ...]]]:
    """Where its words are, or were copied to."""
    proposal = subject.proposal
    if subject.kind == Kind.PICTURE:
        yield Proposal.objects.filter(pk=subject.pk).defer("search"), ("picture_alt",)
    elif subject.kind == Kind.ARGUMENT:
        yield Argument.objects.filter(pk=subject.pk), ("text", "source_title", "source_url", "verdict_reason")
        yield Correction.objects.filter(entry__argument=subject.pk), ("text",)
        yield Reply.objects.filter(argument=subject.pk), ("text",)
    elif subject.kind == Kind.REPLY:
        yield Reply.objects.filter(pk=subject.pk), ("text",)
    elif subject.kind == Kind.ANSWER:
        yield Argument.objects.filter(pk=subject.pk), ("verdict_reason",)
    elif subject.kind == Kind.VERSION:
        yield HeldVersion.objects.filter(pk=subject.pk), (*_TEXTS, "note")
    elif subject.kind in KINDS_ABOVE:
        yield from KINDS_ABOVE[subject.kind].places(subject)
    elif proposal is not None:
        yield Proposal.objects.filter(pk=proposal.pk).defer("search"), (*_TEXTS, "neighbourhood")
        yield ProposalVersion.objects.filter(proposal=proposal), (*_TEXTS, "note")
        yield ReworkDraft.objects.filter(proposal=proposal), (*_TEXTS, "note")
        yield HeldVersion.objects.filter(proposal=proposal), (*_TEXTS, "note")
        yield Draft.objects.filter(proposal=proposal), (*_TEXTS, "neighbourhood")
        theirs = Q(sources__proposal=proposal) | Q(proposal=proposal)
        yield MergeRequest.objects.filter(theirs).distinct(), (*_TEXTS, "message", "ended_reason", "earlier")
        if proposal.merged_into_id:
            yield Proposal.objects.filter(pk=proposal.merged_into_id).defer("search"), _TEXTS
            yield ProposalVersion.objects.filter(proposal=proposal.merged_into_id), (*_TEXTS, "note")


def _take_name(user: User, decision: Decision) -> None:
    """They are nobody in particular until they choose another; it is asked before they write again."""
    Original.objects.create(
        decision=decision,
        table=User._meta.db_table,
        row=user.pk,
        column="public_name",
        before=user.public_name,
        after="",
    )
    User.objects.filter(pk=user.pk).update(public_name="", name_key="")


def _give_name_back(user: User) -> None:
    """Unless they have chosen another meanwhile, or somebody bears it."""
    taken = Original.objects.filter(table=User._meta.db_table, row=user.pk).order_by("-pk").first()
    if taken is None or User.objects.filter(name_key=key_of(taken.before)).exists():
        return
    User.objects.filter(pk=user.pk, public_name="").update(public_name=taken.before, name_key=key_of(taken.before))


def _suspend(pk: int, until: datetime | None) -> None:
    with on_public_texts():
        User.objects.filter(pk=pk).update(suspended_until=until)
