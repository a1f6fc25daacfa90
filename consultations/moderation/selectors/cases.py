"""One case as a moderator reads it: the text in its context, why it is here, what was decided before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from accounts.models import User
from consultations.moderation.enums import Act, AppealState, Kind, Reason
from consultations.moderation.models import Appeal, Case, Decision, Flag, Original, Report, SecondLook
from consultations.moderation.rules import PASSAGE, PASSAGES_MAX
from consultations.moderation.selectors.marked import Passage, marked, passages_of
from consultations.moderation.selectors.queue import watcher_of
from consultations.moderation.selectors.register import registered
from consultations.moderation.subjects import Subject, all_texts, label_of, originals_in, subject_of
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply

# What a page shows of each: the rest is counted.
REPORTS, REPLIES, DECISIONS, VERSIONS = 20, 5, 5, 10


@dataclass(frozen=True)
class Part:
    label: Any
    name: str
    shown: SafeString


@dataclass(frozen=True)
class EarlierVersion:
    """`url`: where everybody reads it; empty where nobody does."""

    number: int
    is_flagged: bool
    url: str
    parts: list[Part]


@dataclass(frozen=True)
class Grouped:
    """Reports for one reason: how many, and what those who made them wrote."""

    reason: Reason
    count: int
    said: list[Report]


@dataclass
class CaseFile:
    """All that the page of a case shows, read when it is first asked for."""

    case: Case
    subject: Subject
    user: User
    at: datetime

    # ── The text ─────────────────────────────────────────────────────────────

    @cached_property
    def passages(self) -> list[Passage]:
        return passages_of(Flag.objects.filter(case=self.case), self._texts)

    @cached_property
    def _texts(self) -> dict[str, str]:
        return all_texts(self.subject)

    def _part(self, name: str, text: str) -> Part:
        return Part(label_of(name), name, marked(text, [each for each in self.passages if each.part == name]))

    @cached_property
    def parts(self) -> list[Part]:
        return [self._part(name, text) for name, text in self.subject.texts.items()]

    @cached_property
    def earlier(self) -> list[EarlierVersion]:
        """What stands in earlier versions alone: the last ones, and all in which the filter points at something."""
        flagged = {each.part.partition(".")[0] for each in self.passages}
        found: dict[str, list[Part]] = {}
        for name, text in self._texts.items():
            number, _dot, part = name.partition(".")
            if part and (number in found or number in flagged or len(found) < VERSIONS):
                found.setdefault(number, []).append(self._part(name, text))
        return [
            EarlierVersion(int(number), number in flagged, _place_of(self.subject, number), parts)
            for number, parts in found.items()
        ]

    @property
    def notes(self) -> list[tuple[int, str]]:
        """What each version says of itself, which can be hidden whole and alone: its number, the words."""
        present = self.subject.row.version if self.subject.kind == Kind.PROPOSAL else 0
        found = ((name.partition(".")[0], text) for name, text in self._texts.items() if name.endswith("note"))
        return [(int(number) if number.isdigit() else present, text) for number, text in found]

    @property
    def choices(self) -> list[Passage]:
        """Those that can be hidden as they stand: each words once."""
        fit = {each.words: each for each in reversed(self.passages) if 2 <= len(each.words.strip()) <= PASSAGE.maximum}
        return sorted(fit.values(), key=lambda each: each.number)[:PASSAGES_MAX]

    @property
    def is_own(self) -> bool:
        return self.subject.author is not None and self.subject.author.pk == self.user.pk

    # ── Why it is here ───────────────────────────────────────────────────────

    @cached_property
    def reports(self) -> list[Grouped]:
        """Those that nothing has answered; with words, the last ones."""
        return _grouped(Report.objects.filter(case=self.case, answered_at=None))

    @property
    def judged(self) -> Decision | None:
        """The decision that is contested, else the last one."""
        return self.appeal.decision if self.appeal is not None else self.last

    @cached_property
    def reports_before(self) -> list[Grouped]:
        """Those that it answered: it is judged with them."""
        decision = self.judged
        if decision is None or not decision.report_count:
            return []
        return _grouped(Report.objects.filter(case=self.case, answered_at=decision.decided_at))

    @cached_property
    def appeal(self) -> Appeal | None:
        found = Appeal.objects.filter(decision__case=self.case, state=AppealState.WAITING).order_by("pk")
        return found.select_related("decision__moderator").first()

    @cached_property
    def second_look(self) -> SecondLook | None:
        return SecondLook.objects.filter(case=self.case, settled_by=None).select_related("asked_by").first()

    @property
    def watcher(self) -> User | None:
        return watcher_of(self.case, user=self.user, at=self.at)

    # ── Decisions before ─────────────────────────────────────────────────────

    @cached_property
    def history(self) -> list[Decision]:
        """Of this case, as they stand, the last first."""
        return list(registered().filter(case=self.case).select_related("moderator").order_by("-pk")[:DECISIONS])

    @property
    def last(self) -> Decision | None:
        return self.history[0] if self.history else None

    @cached_property
    def seen(self) -> int:
        """The number of the last one, cancelled or not: what the moderator has before them."""
        return Decision.objects.filter(case=self.case).order_by("-pk").values_list("pk", flat=True).first() or 0

    @cached_property
    def originals(self) -> list[Original]:
        """What was taken out of the text, as it stood in it."""
        if self.last is None or self.last.act != Act.REDACT:
            return []
        found = originals_in(self.subject).filter(decision__case=self.case).order_by("pk")
        return list({each.before: each for each in found}.values())

    @cached_property
    def about_author(self) -> list[Decision]:
        """On what else the same person wrote."""
        if self.subject.author is None:
            return []
        found = registered().filter(author=self.subject.author).exclude(case=self.case).select_related("moderator")
        return list(found.order_by("-pk")[:DECISIONS])

    @cached_property
    def wrote(self) -> dict[str, int]:
        author = self.subject.author
        if author is None:
            return {}
        return {
            "proposals": Proposal.objects.filter(author=author, status=Status.PUBLISHED).count(),
            "arguments": Argument.objects.filter(author=author, status=Status.PUBLISHED)
            .exclude(proposal__status=Status.HIDDEN)
            .count(),
            "replies": Reply.objects.filter(author=author, status=Status.PUBLISHED)
            .exclude(argument__status=Status.HIDDEN)
            .exclude(argument__proposal__status=Status.HIDDEN)
            .count(),
        }

    # ── What is around it ────────────────────────────────────────────────────

    @property
    def answered(self) -> Argument | None:
        """What a reply, or the authors, answer."""
        if self.subject.kind == Kind.REPLY:
            found: Argument = self.subject.row.argument
        elif self.subject.kind == Kind.ANSWER:
            found = self.subject.row
        else:
            return None
        return None if found.is_removed else found

    @cached_property
    def replies(self) -> list[Reply]:
        """To an argument: the first ones; or, beside a reply, the others."""
        if self.subject.kind not in (Kind.ARGUMENT, Kind.REPLY):
            return []
        argument = self.subject.pk if self.subject.kind == Kind.ARGUMENT else self.subject.row.argument_id
        found = Reply.objects.filter(argument=argument, status=Status.PUBLISHED).select_related("author")
        if self.subject.kind == Kind.REPLY:
            found = found.exclude(pk=self.subject.pk)
        return list(found.order_by("submitted_at", "pk")[:REPLIES])


def _place_of(subject: Subject, number: str) -> str:
    if not subject.is_public:
        return ""
    page = reverse("proposal_versions", args=[subject.pk, subject.row.slug])
    return f"{page}?lire={number}#version-{number}"


def _grouped(reports: QuerySet[Report]) -> list[Grouped]:
    counts = reports.order_by().values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    told = list(reports.exclude(words="", name="").order_by("-made_at", "-pk")[:REPORTS])
    return [
        Grouped(Reason(reason), count, [each for each in told if each.reason == reason]) for reason, count in counts
    ]


def case_file(case: Case, *, user: User, at: datetime) -> CaseFile | None:
    """None where there is nothing left of what it is about."""
    subject = subject_of(case.kind, case.subject_id)
    return CaseFile(case, subject, user, at) if subject is not None else None
