"""Somebody, or the filter, points at a text: it waits for a decision, as one case however many point at it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import F

from accounts.audit import record
from accounts.models import User
from common.languages import as_kept, present_language
from common.outbox import announce_later
from consultations.cocreation.rules import mail_address
from consultations.framing.models import Consultation
from consultations.moderation.enums import Kind, Reason, State
from consultations.moderation.events import report_made
from consultations.moderation.models import Case, Flag, Report
from consultations.moderation.rules import (
    CHILDREN_DELAY,
    DELAY,
    DELAYS,
    REPORT_WORDS,
    REPORTER_NAME,
    WORDS_OF,
)
from consultations.moderation.services.answering import acknowledge
from consultations.moderation.services.listing import list_later
from consultations.moderation.services.morning import plan_morning
from consultations.moderation.services.refusals import (
    HiddenAlready,
    NothingToReport,
    NotInGoodFaith,
    OwnReport,
    ReportedAlready,
    ReporterUnknown,
)
from consultations.moderation.subjects import Subject, all_texts, digest_of, subject_of
from consultations.participation.rules import choice


class Found(Protocol):
    """A passage that the filter points at (consultations.screening)."""

    @property
    def kind(self) -> str: ...

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...

    @property
    def reason(self) -> str: ...


def report(
    *,
    kind: str,
    pk: int,
    reason: str,
    at: datetime,
    words: str = "",
    reporter: User | None = None,
    email: str = "",
    name: str = "",
    in_good_faith: bool = False,
    about_children: bool = False,
) -> Report:
    """Point at something public. What was kept as it is before is answered at once, but for the law and children.

    What is said to be illegal has what article 16 of règlement (UE) 2022/2065 asks for: why, who, in good faith.
    Raises what `reportable` does, ReportedAlready, ReporterUnknown, NotInGoodFaith, NoMailAddress, TextTooShort/Long.
    """
    said, words, email, name = _said(reason, words, email, name)
    if said == Reason.ILLEGAL:
        _refuse_without_what_the_law_asks(
            known=about_children or bool(name and (email or reporter)), in_good_faith=in_good_faith
        )
    with transaction.atomic():
        subject = reportable(kind, pk, by=reporter)
        delay = CHILDREN_DELAY if about_children else DELAYS.get(said, DELAY)
        case = locked_case(kind, pk, subject.consultation, at=at, delay=delay)
        _refuse_twice(case, reporter, email)
        kept = was_kept_as_it_is(case, subject) and not is_grave(said, about_children=about_children)
        made = Report.objects.create(
            case=case,
            reason=said,
            words=words,
            reporter=reporter,
            email=email,
            name=name,
            language=as_kept(present_language()),
            in_good_faith=in_good_faith,
            about_children=about_children,
            made_at=at,
            answered_at=at if kept else None,
        )
        Case.objects.filter(pk=case.pk).update(report_count=F("report_count") + 1)
        if not kept:
            wait(case, at=at, delay=delay)
        record("reported", actor=reporter, subject=made, kind=subject.kind.value, reason=said.value)
        announce_later(report_made, report_id=made.pk)
        made.case.refresh_from_db(fields=["due_at"])
        acknowledge(made)
    return made


def is_grave(reason: str, *, about_children: bool) -> bool:
    """Decided by a person whatever was decided before: what makes it unlawful is often not in the words themselves."""
    return about_children or reason == Reason.ILLEGAL


def _said(reason: str, words: str, email: str, name: str) -> tuple[Reason, str, str, str]:
    said = choice(Reason, reason)
    asked = WORDS_OF.get(said)
    words = (asked or REPORT_WORDS).cleaned(words, optional=asked is None)
    return said, words, mail_address(email) if email.strip() else "", REPORTER_NAME.cleaned(name, optional=True)


def _refuse_without_what_the_law_asks(*, known: bool, in_good_faith: bool) -> None:
    if not known:
        raise ReporterUnknown
    if not in_good_faith:
        raise NotInGoodFaith


def _refuse_twice(case: Case, reporter: User | None, email: str) -> None:
    waiting = case.reports.filter(answered_at=None)
    if reporter is not None and waiting.filter(reporter=reporter).exists():
        raise ReportedAlready
    if reporter is None and email and waiting.filter(email=email).exists():
        raise ReportedAlready


def reportable(kind: str, pk: int, *, by: User | None) -> Subject:
    """What somebody may report, as it is now. Raises NothingToReport, HiddenAlready, OwnReport, UnknownChoice."""
    subject = subject_of(choice(Kind, kind), pk)
    if subject is None or subject.was_refused:
        raise NothingToReport
    if subject.is_hidden or subject.is_under_hidden:
        raise HiddenAlready
    if not subject.is_public:
        raise NothingToReport
    if by is not None and subject.author is not None and subject.author.pk == by.pk:
        raise OwnReport
    return subject


def point_at(*, kind: str, pk: int, found: Mapping[str, Iterable[Found]], at: datetime) -> Case | None:
    """What the filter found in a text as it is now, part by part; the flags of an earlier text go.

    A text that was looked at, and is not hidden, waits again once it has changed, whatever the filter says of it.
    """
    with transaction.atomic():
        subject = subject_of(kind, pk)
        case = Case.objects.select_for_update(of=("self",), no_key=True).filter(kind=kind, subject_id=pk).first()
        flags = [(part, flag) for part, flags in found.items() for flag in flags]
        texts = all_texts(subject) if subject is not None and flags else {}
        if subject is None or (case is None and not flags):
            return case
        if case is None:
            case = locked_case(kind, pk, subject.consultation, at=at, delay=DELAY)
        Flag.objects.filter(case=case).delete()
        Flag.objects.bulk_create(
            Flag(
                case=case,
                kind=flag.kind,
                part=part,
                digest=digest_of(texts.get(part, "")),
                start=flag.start,
                end=flag.end,
                reason=flag.reason[:100],
                found_at=at,
            )
            for part, flag in flags
        )
        last = case.decisions.order_by("-pk").first()
        changed = last is not None and not subject.is_hidden and case.digest != subject.digest
        if (flags and not was_kept_as_it_is(case, subject)) or changed:
            wait(case, at=at, delay=DELAY)
    return case


def was_kept_as_it_is(case: Case, subject: Subject) -> bool:
    """Whether somebody has looked at these very words, and left them there."""
    return case.state == State.DECIDED and bool(case.digest) and case.digest == subject.digest


def locked_case(kind: str, pk: int, consultation: Consultation | None, *, at: datetime, delay: timedelta) -> Case:
    """The one case of a text, made where there is none. Two at once make one."""
    new = {"consultation": consultation, "opened_at": at, "due_at": at + delay, "state": State.DECIDED}
    Case.objects.bulk_create([Case(kind=kind, subject_id=pk, **new)], ignore_conflicts=True)
    return Case.objects.select_for_update(of=("self",), no_key=True).get(kind=kind, subject_id=pk)


def wait(case: Case, *, at: datetime, delay: timedelta) -> None:
    """From now on, or still; by the shortest of its delays."""
    if case.state == State.OPEN:
        case.due_at = min(case.due_at, at + delay)
    else:
        case.state, case.opened_at, case.due_at = State.OPEN, at, at + delay
        plan_morning(at=at)
    case.save(update_fields=["state", "opened_at", "due_at"])
    list_later(case)
