"""Importing a consultation that was held elsewhere, from JSON Lines (format: docs/import.md).

The file is read once, line by line, and written in batches; what is already there (by `ref`) is
left as it is, so that a second run changes nothing. Tallies of the original site are kept apart
from reactions given here: nobody knows who gave them.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.dateparse import parse_datetime

from accounts.audit import record
from common.dates import FIRST_YEAR, LAST_YEAR, moment_here
from common.text import clean_text
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.services.consultations import free_slug, on_the_minute
from consultations.library.enums import Theme
from consultations.participation.counts import recount
from consultations.participation.enums import Stage, Stance, Status
from consultations.participation.models import IMPORTED_MAX, Argument, Proposal, ProposalVersion, Source

BATCH = 500
STANCES = {"for": Stance.FOR, "against": Stance.AGAINST, "improve": Stance.IMPROVE}


class BadLine(Exception):
    """A line that cannot be taken, with its number and the reason."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number, self.reason = number, reason


@dataclass
class Report:
    """What a run did: lines read, rows created and already there by type, lines refused with their reasons."""

    lines: int = 0
    created: Counter[str] = field(default_factory=Counter)
    existing: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, Any]] = field(default_factory=list)
    consultation: str = ""


def import_consultation(
    lines: Iterable[str], *, strict: bool = False, progress: Callable[[int], object] = lambda count: None
) -> Report:
    """Read `lines` into the present city, in one transaction. With `strict` the first bad line undoes everything.

    Raises BadLine when strict, or when the file does not begin with its consultation.
    """
    with transaction.atomic():
        reader = _Reader()
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            reader.report.lines += 1
            try:
                reader.take(line)
            except _Refusal as refusal:
                if strict or reader.consultation is None:
                    raise BadLine(number, str(refusal)) from None
                reader.report.errors.append({"line": number, "reason": str(refusal)})
            if reader.report.lines % BATCH == 0:
                progress(reader.report.lines)
        reader.finish()
    return reader.report


class _Refusal(Exception):
    """Why a line cannot be taken."""


class _Reader:
    """Turns lines into rows. Rows wait in a batch; whatever refers to a kind of row flushes that kind first."""

    def __init__(self) -> None:
        self.report = Report()
        self.consultation: Consultation | None = None
        self.challenges: dict[str, Challenge] = {}
        self.proposals: dict[str, int] = {}
        self.waiting: dict[str, list[Any]] = {kind: [] for kind in _BATCHED}
        self.seen: dict[str, set[str]] = {}

    def take(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except ValueError as problem:
            raise _Refusal("not JSON") from problem
        if not isinstance(entry, dict):
            raise _Refusal("not a JSON object")
        kind = entry.get("type")
        handler = getattr(self, f"_{kind}", None) if kind in _KINDS else None
        if handler is None:
            raise _Refusal(f"unknown type {kind!r}")
        if kind != "consultation" and self.consultation is None:
            raise _Refusal("the first line must be the consultation")
        handler(entry)

    def finish(self) -> None:
        for kind in _BATCHED:
            self._flush(kind)
        if self.consultation is not None and self.report.created.total():
            recount()
            Proposal.objects.filter(challenge__consultation=self.consultation, stage=Stage.IDEA).filter(
                models.Q(for_count__gt=0) | models.Q(against_count__gt=0)
            ).update(stage=Stage.ARGUMENTS)
            created = dict(self.report.created)
            record("consultation_imported", actor=None, subject=self.consultation, created=created)

    # ── One kind of line each ────────────────────────────────────────────

    def _consultation(self, entry: dict[str, Any]) -> None:
        if self.consultation is not None:
            raise _Refusal("a second consultation")
        title = _words(entry, "title", 120)
        opens_at, closes_at = _moment(entry, "opens_at"), _moment(entry, "closes_at")
        if closes_at <= opens_at:
            raise _Refusal("closes_at is not after opens_at")
        ref = f"{entry.get('ref') or title}"[:200]
        self.consultation = Consultation.objects.filter(import_ref=ref).first()
        if self.consultation is None:
            self.report.created["consultation"] += 1
            self.consultation = Consultation.objects.create(
                slug=free_slug(title, taken_by=Consultation),
                title=title,
                question=_words(entry, "question", 200, default=title),
                introduction=_words(entry, "introduction", 5000, default=""),
                commitment=_words(entry, "source", 2000, default=""),
                import_ref=ref,
                created_at=opens_at,
                opened_at=opens_at,
            )
            Phase.objects.create(
                consultation=self.consultation,
                kind=PhaseKind.PROPOSE,
                opens_at=on_the_minute(opens_at),
                closes_at=on_the_minute(closes_at),
            )
        else:
            self.report.existing["consultation"] += 1
        self.report.consultation = self.consultation.slug
        mine = models.Q(challenge__consultation=self.consultation)
        self.challenges = {each.import_ref: each for each in self.consultation.challenges.all() if each.import_ref}
        refs = Proposal.objects.filter(mine, import_ref__isnull=False).values_list("import_ref", "pk")
        self.proposals = {str(ref): pk for ref, pk in refs}
        self.seen = {
            "proposal": set(self.proposals),
            "argument": _refs(Argument, self.consultation),
            "source": _refs(Source, self.consultation),
        }

    def _challenge(self, entry: dict[str, Any]) -> None:
        assert self.consultation is not None
        ref = self._ref(entry)
        if ref in self.challenges:
            self.report.existing["challenge"] += 1
            return
        title = _words(entry, "title", 200)
        themes = list(Theme)
        self.challenges[ref] = Challenge.objects.create(
            consultation=self.consultation,
            slug=free_slug(title, taken_by=Challenge),
            position=len(self.challenges) + 1,
            theme=themes[len(self.challenges) % len(themes)],
            label=title[:120],
            question=title,
            summary=_words(entry, "summary", 5000, default=""),
            import_ref=ref,
        )
        self.report.created["challenge"] += 1

    def _proposal(self, entry: dict[str, Any]) -> None:
        ref = self._new_ref("proposal", entry)
        challenge = self.challenges.get(str(entry.get("challenge")))
        if challenge is None:
            raise _Refusal(f"unknown challenge {entry.get('challenge')!r}")
        proposal = Proposal(
            challenge=challenge,
            title=_words(entry, "title", 300),
            solution=_words(entry, "body", IMPORTED_MAX, one_line=False),
            problem=_words(entry, "rationale", IMPORTED_MAX, one_line=False, default=""),
            imported_tally=_tally(entry.get("tally")),
            **_authorship(entry, ref),
        )
        self._wait("proposal", ref, proposal)

    def _argument(self, entry: dict[str, Any]) -> None:
        ref = self._new_ref("argument", entry)
        stance = STANCES.get(str(entry.get("stance")))
        if stance is None:
            raise _Refusal(f"unknown stance {entry.get('stance')!r}")
        votes = entry.get("votes", 0)
        if not isinstance(votes, int) or not 0 <= votes < 2**31:
            raise _Refusal("votes is not a count")
        argument = Argument(
            proposal_id=self._proposal_of(entry),
            stance=stance,
            text=_words(entry, "body", IMPORTED_MAX, one_line=False),
            imported_votes=votes,
            **_authorship(entry, ref),
        )
        self._wait("argument", ref, argument)

    def _source(self, entry: dict[str, Any]) -> None:
        ref = self._new_ref("source", entry)
        url = _words(entry, "url", 1000)
        if urlsplit(url).scheme not in ("http", "https"):
            raise _Refusal("url is not a web address")
        written = _authorship(entry, ref)
        written.pop("status")
        source = Source(
            proposal_id=self._proposal_of(entry),
            title=_words(entry, "title", 300, cut=True),
            url=url,
            **written,
        )
        self._wait("source", ref, source)

    # ── Batches ──────────────────────────────────────────────────────────

    def _wait(self, kind: str, ref: str, row: models.Model) -> None:
        """Until there are enough of its kind; without a ref it is there already."""
        if ref:
            self.seen[kind].add(ref)
            self.waiting[kind].append(row)
        if len(self.waiting[kind]) >= BATCH:
            self._flush(kind)

    def _flush(self, kind: str) -> None:
        rows: list[Any] = _BATCHED[kind]._default_manager.bulk_create(self.waiting.pop(kind))
        self.waiting[kind] = []
        self.report.created[kind] += len(rows)
        if kind == "proposal":
            self.proposals.update({row.import_ref: row.pk for row in rows})
            ProposalVersion.objects.bulk_create(
                ProposalVersion(proposal=row, number=1, created_at=row.submitted_at, **row.texts) for row in rows
            )

    def _proposal_of(self, entry: dict[str, Any]) -> int:
        ref = str(entry.get("proposal"))
        if ref not in self.proposals and ref in self.seen["proposal"]:
            self._flush("proposal")
        if ref not in self.proposals:
            raise _Refusal(f"unknown proposal {entry.get('proposal')!r}")
        return self.proposals[ref]

    @staticmethod
    def _ref(entry: dict[str, Any]) -> str:
        ref = entry.get("ref")
        if not isinstance(ref, str) or not ref.strip() or len(ref) > 150:
            raise _Refusal("no ref")
        return ref.strip()

    def _new_ref(self, kind: str, entry: dict[str, Any]) -> str:
        """The ref of a row to create, or "" for one that is there already (still checked like the others)."""
        ref = self._ref(entry)
        if ref in self.seen[kind]:
            self.report.existing[kind] += 1
            return ""
        return ref


# In this order: those behind refer to those before.
_BATCHED: dict[str, type[models.Model]] = {"proposal": Proposal, "argument": Argument, "source": Source}
_KINDS = ("consultation", "challenge", *_BATCHED)


def _refs(model: type[models.Model], consultation: Consultation) -> set[str]:
    rows = model._default_manager.filter(proposal__challenge__consultation=consultation)
    return set(rows.values_list("import_ref", flat=True))


def _authorship(entry: dict[str, Any], ref: str) -> dict[str, Any]:
    return {
        "imported_author": _words(entry, "author", 80, default="", cut=True),
        "submitted_at": _moment(entry, "submitted_at"),
        "status": Status.HIDDEN if entry.get("hidden") is True else Status.PUBLISHED,
        "import_ref": ref or None,
    }


def _words(
    entry: dict[str, Any],
    name: str,
    maximum: int,
    *,
    one_line: bool = True,
    default: str | None = None,
    cut: bool = False,
) -> str:
    value = entry.get(name, default)
    if not isinstance(value, str):
        raise _Refusal(f"{name} is missing")
    value = clean_text(value, one_line=one_line)
    if not value and default is None:
        raise _Refusal(f"{name} is empty")
    if len(value) > maximum and not cut:
        raise _Refusal(f"{name} has {len(value)} characters, {maximum} at most")
    return value[:maximum]


def _moment(entry: dict[str, Any], name: str) -> datetime:
    value = entry.get(name)
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise _Refusal(f"{name} is not an ISO 8601 moment")
    try:
        return moment_here(moment)
    except ValidationError:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        raise _Refusal(f"{name} is no single moment here, or is outside the years {years}") from None


def _tally(value: Any) -> dict[str, int] | None:
    """Whatever the site's words, its counts are kept as like, mixed, dislike."""
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(count, int) and count >= 0 for count in value.values()):
        raise _Refusal("tally is not a set of counts")
    names = {"for": "like", "mixed": "mixed", "against": "dislike", "like": "like", "dislike": "dislike"}
    return {names[name]: count for name, count in value.items() if name in names}
