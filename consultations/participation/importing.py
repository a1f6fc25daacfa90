"""Importing a consultation that was held elsewhere, from JSON Lines (format: docs/import.md).

The file is read once, line by line, and written in batches; what is already there (by `ref`) is
left as it is, so that a second run changes nothing. Tallies of the original site are kept apart
from reactions given here: nobody knows who gave them.
"""

import codecs
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.abilities import Ability
from accounts.audit import record
from accounts.names import reserved_here
from common.db import connection
from common.templatetags.ui import full_day
from common.text import shortened
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.services.consultations import free_slug
from consultations.framing.services.dates import on_the_minute
from consultations.library.enums import Theme
from consultations.participation.counts import recount
from consultations.participation.enums import ArgumentKind, Part, Stage, Verdict
from consultations.participation.import_lines import FIELDS, PARTS_OF, Given, Line, Refused
from consultations.participation.import_report import BadLine, Report, Trial
from consultations.participation.import_texts import days_of, status_of, texts_of, version_of
from consultations.participation.models import IMPORTED_MAX, Argument, Proposal, ProposalVersion, Reply, Source

BATCH = 500
__all__ = ["BadLine", "Report", "Trial", "import_consultation", "reads_lines"]


def import_consultation(
    lines: Iterable[bytes | Given],
    *,
    strict: bool = False,
    progress: Callable[[int], object] = lambda count: None,
    trial: Trial = Trial.NONE,
    refused: Callable[[Given, str], object] = lambda given, reason: None,
) -> Report:
    """Read `lines` into the present city, in one transaction: as JSON, or as another format's reader has made them
    (consultations.imports). With `strict` the first bad line undoes everything; else bad lines do that together, where
    they leave a new consultation without a proposal. After a `trial` nothing is there. `refused` is told bad lines.

    Raises BadLine when strict, or when the file does not begin with its consultation.
    """
    with transaction.atomic():
        _one_at_a_time()
        reader = _Reader(trial)
        for number, line in enumerate(lines, start=1):
            given = line if isinstance(line, Given) else Given(number, raw=line)
            if number == 1 and given.raw:
                given = Given(number, raw=given.raw.removeprefix(codecs.BOM_UTF8))
            if given.is_blank:
                continue
            reader.report.lines += 1
            try:
                reader.take(given)
            except Refused as refusal:
                if strict or reader.consultation is None:
                    raise BadLine(given.number, str(refusal), given.file) from None
                reader.report.refuse(given, str(refusal))
                refused(given, str(refusal))
            if reader.report.lines % BATCH == 0:
                progress(reader.report.lines)
        reader.finish()
        if trial:
            transaction.set_rollback(True)
        if reader.leaves_nothing_to_read:
            transaction.set_rollback(True)
            reader.report.undo()
    return reader.report


def _one_at_a_time() -> None:
    """The same file twice at once: the second one finds what the first has made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import ' || current_schema(), 0))")


class _Reader:
    """Turns lines into rows. Rows wait in a batch; whatever refers to a kind of row flushes that kind first."""

    def __init__(self, trial: Trial) -> None:
        self.report, self.trial = Report(), trial
        self.consultation: Consultation | None = None
        self.challenges: dict[str, Challenge] = {}
        self.proposals: dict[str, int] = {}
        self.arguments: dict[str, int] = {}
        # Of proposals that wait to be written: all their texts.
        self.versions: dict[str, list[ProposalVersion]] = {}
        self.waiting: dict[str, list[Any]] = {kind: [] for kind in _BATCHED}
        # By type: refs that this consultation has, with the line that said so in this run; those of others.
        self.seen: dict[str, dict[str, int]] = {}
        self.elsewhere: dict[str, set[str]] = {}
        self.is_reserved = reserved_here(of_the_team=True)
        self.numbered = 0  # rows that a trial does not write

    def take(self, given: Given) -> None:
        line = Line.read(given)
        if line.kind != "consultation" and self.consultation is None:
            raise Refused(gettext("The first line must be the consultation."))
        if line.kind in LINES_ABOVE:
            self._flush("proposal")
            LINES_ABOVE[line.kind](self, line)
        else:
            getattr(self, f"_{line.kind}")(line)
        self.report.note(given, line.notes)

    @property
    def leaves_nothing_to_read(self) -> bool:
        created = self.report.created
        return bool(self.report.errors and created["consultation"] and not created["proposal"])

    def finish(self) -> None:
        for kind in _BATCHED:
            self._flush(kind)
        if self.consultation is not None and self.report.created.total() and not self.trial:
            recount()
            Proposal.objects.filter(challenge__consultation=self.consultation, stage=Stage.IDEA).filter(
                models.Q(for_count__gt=0) | models.Q(against_count__gt=0)
            ).update(stage=Stage.ARGUMENTS)
            created = dict(self.report.created)
            record("consultation_imported", actor=None, subject=self.consultation, created=created)

    # ── One kind of line each ────────────────────────────────────────────

    def _consultation(self, line: Line) -> None:
        if self.consultation is not None:
            raise Refused(gettext("It is a second consultation: a file has one."))
        title = line.text("title", 120)
        opens_at, closes_at = line.moment("opens_at"), line.moment("closes_at")
        if on_the_minute(closes_at) <= on_the_minute(opens_at):
            raise Refused(gettext("It ends before it begins: look at opens_at and closes_at."))
        question = line.text("question", 200, optional=True) or title
        introduction = line.text("introduction", 5000, one_line=False, optional=True)
        if source := line.text("source", 2000, optional=True):
            introduction += "\n\n" + gettext("Source: %(source)s") % {"source": source}
        ref = line.ref() if "ref" in line.entry else ""
        consultation = Consultation.objects.filter(import_ref=ref or title).first()
        if consultation is None:
            self.report.created["consultation"] += 1
            consultation = Consultation.objects.create(
                slug=free_slug(title, taken_by=Consultation),
                title=title,
                question=question,
                introduction=introduction.strip(),
                import_ref=ref or title,
                created_at=opens_at,
                opened_at=opens_at,
                # It is held elsewhere: nobody goes on with it here.
                archived_at=timezone.now() if closes_at > timezone.now() else None,
            )
            Phase.objects.create(
                consultation=consultation,
                kind=PhaseKind.PROPOSE,
                opens_at=on_the_minute(opens_at),
                closes_at=on_the_minute(closes_at),
            )
        elif not ref and consultation.created_at != opens_at:
            raise Refused(gettext("Another consultation was imported under this title: give this one a ref."))
        elif line.names and days_of(consultation) != (on_the_minute(opens_at), on_the_minute(closes_at)):
            began, ended = (full_day(each) for each in days_of(consultation))
            said = gettext(
                "Another consultation was imported under this title, from %(began)s to %(ended)s: give this one "
                "another title, or, to add to that one, its dates."
            )
            raise Refused(said % {"began": began, "ended": ended})
        else:
            self.report.existing["consultation"] += 1
        self.consultation, self.report.consultation = consultation, consultation.slug
        self._look_up(consultation)

    def _look_up(self, consultation: Consultation) -> None:
        """What is there already."""
        self.challenges = {each.import_ref: each for each in consultation.challenges.all() if each.import_ref}
        mine = Proposal.objects.filter(challenge__consultation=consultation, import_ref__isnull=False)
        self.proposals = {str(ref): pk for ref, pk in mine.values_list("import_ref", "pk")}
        theirs = Argument.objects.filter(proposal__challenge__consultation=consultation, import_ref__isnull=False)
        self.arguments = {str(ref): pk for ref, pk in theirs.values_list("import_ref", "pk")}
        for kind, (model, path) in _REFERRED.items():
            rows = model._default_manager.filter(import_ref__isnull=False)
            own = rows.filter(**{path: consultation}).values_list("import_ref", flat=True)
            self.seen[kind] = dict.fromkeys(own, 0)
            self.elsewhere[kind] = set(rows.exclude(**{path: consultation}).values_list("import_ref", flat=True))

    def _challenge(self, line: Line) -> None:
        assert self.consultation is not None
        ref = self._ref(line)
        title = line.text("title", 200)
        summary = line.text("summary", 5000, one_line=False, optional=True)
        if not self._is_new(line, ref):
            return
        themes = list(Theme)
        self.challenges[ref] = Challenge.objects.create(
            consultation=self.consultation,
            slug=free_slug(title, taken_by=Challenge),
            position=len(self.challenges) + 1,
            theme=themes[len(self.challenges) % len(themes)],
            label=shortened(title, 120),
            question=title,
            summary=summary,
            published_at=self.consultation.opened_at,
            import_ref=ref,
        )
        self.report.created["challenge"] += 1

    def _proposal(self, line: Line) -> None:
        ref = self._ref(line)
        wanted = line.ref("challenge")
        if wanted not in self.challenges:
            raise Refused(gettext("No line before it has this challenge: “%(ref)s”.") % {"ref": wanted})
        earlier, texts = line.lines("versions", "version"), texts_of(line)
        proposal = self._row(
            Proposal,
            challenge=self.challenges[wanted],
            **texts,
            neighbourhood=line.text("place", 60, optional=True),
            imported_tally=line.tally(),
            status=status_of(line),
            stage=Stage.REWORK if earlier else Stage.IDEA,
            version=len(earlier) + 1,
            reworked_at=line.past_moment("reworked_at") if "reworked_at" in line.entry else None,
            **self._authorship(line, ref),
        )
        if bool(earlier) != bool(proposal.reworked_at):
            raise Refused(gettext("It has earlier versions without a reworked_at, or the other way round."))
        versions = [
            version_of(each, number, each.past_moment("submitted_at"), texts_of(each))
            for number, each in enumerate(earlier, start=1)
        ]
        if ref not in self.seen["proposal"] and self.trial != Trial.READ:
            last = version_of(line, len(earlier) + 1, proposal.reworked_at or proposal.submitted_at, texts)
            self.versions[ref] = [*versions, last]
        self._wait(line, ref, proposal)

    def _argument(self, line: Line) -> None:
        ref = self._ref(line)
        argument = self._row(
            Argument,
            stance=line.stance(),
            text=line.text("body", IMPORTED_MAX, one_line=False),
            kind=line.code("kind", ArgumentKind, optional=True),
            part=line.code("part", Part, optional=True),
            version=max(1, line.count("version")),
            source_title=line.text("source_title", 200, optional=True),
            source_url=line.url("source_url", maximum=500, optional=True),
            imported_votes=line.count("votes"),
            verdict=line.code("verdict", Verdict, optional=True),
            verdict_reason=line.text("verdict_reason", IMPORTED_MAX, one_line=False, optional=True),
            taken_in=line.count("taken_in") or None,
            status=status_of(line),
            **self._authorship(line, ref),
        )
        argument.proposal_id = self.proposal_of(line)
        self._wait(line, ref, argument)

    def _reply(self, line: Line) -> None:
        ref = self._ref(line)
        text = line.text("body", IMPORTED_MAX, one_line=False)
        reply = self._row(Reply, text=text, status=status_of(line), **self._authorship(line, ref))
        wanted = line.ref("argument")
        if wanted not in self.arguments and wanted in self.seen["argument"]:
            self._flush("argument")
        if wanted not in self.arguments:
            raise Refused(gettext("No line before it has this argument: “%(ref)s”.") % {"ref": wanted})
        reply.argument_id = self.arguments[wanted]
        self._wait(line, ref, reply)

    def _source(self, line: Line) -> None:
        ref = self._ref(line)
        source = self._row(Source, title=line.text("title", 300), url=line.url(), **self._authorship(line, ref))
        source.proposal_id = self.proposal_of(line)
        self._wait(line, ref, source)

    def _authorship(self, line: Line, ref: str) -> dict[str, Any]:
        return {
            "imported_author": line.author(is_reserved=self.is_reserved),
            "submitted_at": line.past_moment("submitted_at"),
            "import_ref": ref,
        }

    # ── Batches ──────────────────────────────────────────────────────────

    def _row(self, model: type[models.Model], **fields: Any) -> Any:
        """What is not written need be no row: to make one takes as long as to read its line."""
        return SimpleNamespace(**fields) if self.trial == Trial.READ else model(**fields)

    def _wait(self, line: Line, ref: str, row: Any) -> None:
        """Until there are enough of its kind, unless it is there already."""
        if self._is_new(line, ref):
            self.waiting[line.kind].append(row)
        if len(self.waiting[line.kind]) >= BATCH:
            self._flush(line.kind)

    def _flush(self, kind: str) -> None:
        rows: list[Any] = self.waiting.pop(kind)
        self.waiting[kind] = []
        if self.trial == Trial.READ:
            for row in rows:
                self.numbered += 1
                row.pk = -self.numbered
        else:
            _BATCHED[kind]._default_manager.bulk_create(rows)
        if rows:
            self.report.created[kind] += len(rows)
        if kind == "proposal":
            self.proposals.update({row.import_ref: row.pk for row in rows})
            if self.trial != Trial.READ:
                ProposalVersion.objects.bulk_create(self._versions_of(rows))
        elif kind == "argument":
            self.arguments.update({row.import_ref: row.pk for row in rows})

    def _versions_of(self, proposals: Iterable[Proposal]) -> Iterable[ProposalVersion]:
        for row in proposals:
            for version in self.versions.pop(str(row.import_ref)):
                version.proposal = row
                yield version

    def proposal_of(self, line: Line) -> int:
        """The number of the proposal that a line names."""
        return self.proposal_named(line.ref("proposal"))

    def proposal_named(self, ref: str) -> int:
        if ref not in self.proposals and ref in self.seen["proposal"]:
            self._flush("proposal")
        if ref not in self.proposals:
            raise Refused(gettext("No line before it has this proposal: “%(ref)s”.") % {"ref": ref})
        return self.proposals[ref]

    def _ref(self, line: Line) -> str:
        """What the line is called: no other line of the file has it, and no other consultation of the city."""
        ref = line.ref()
        if before := self.seen[line.kind].get(ref):
            if line.names:  # of a table it is made of what a column says
                raise Refused(gettext("Line %(number)s has the same reference.") % {"number": before})
            raise Refused(gettext("Line %(number)s has the same ref: “%(ref)s”.") % {"number": before, "ref": ref})
        if ref in self.elsewhere[line.kind]:
            raise Refused(gettext("Another imported consultation has this ref: “%(ref)s”.") % {"ref": ref})
        return ref

    def _is_new(self, line: Line, ref: str) -> bool:
        """Of a line with nothing wrong: whether it is still to be written."""
        is_new = ref not in self.seen[line.kind]
        if not is_new:
            self.report.existing[line.kind] += 1
        self.seen[line.kind][ref] = line.number
        return is_new


# In this order: those behind refer to those before.
_BATCHED: dict[str, type[models.Model]] = {
    "proposal": Proposal,
    "argument": Argument,
    "reply": Reply,
    "source": Source,
}
# What has a ref, and the way from it to its consultation.
_REFERRED: dict[str, tuple[type[models.Model], str]] = {
    "challenge": (Challenge, "consultation"),
    "proposal": (Proposal, "challenge__consultation"),
    "argument": (Argument, "proposal__challenge__consultation"),
    "reply": (Reply, "argument__proposal__challenge__consultation"),
    "source": (Source, "proposal__challenge__consultation"),
}
# What writes a line of a type that an app above has (reads_lines).
LINES_ABOVE: dict[str, Callable[[Any, Line], None]] = {}


# What somebody must be able to do who imports such lines at the desk.
ASKED: dict[str, Ability] = {}


def reads_lines(
    kind: str,
    *,
    required: set[str],
    optional: set[str],
    asks: Ability,
    parts: dict[str, tuple[set[str], set[str]]] | None = None,
) -> Callable[[Callable[[Any, Line], None]], Callable[[Any, Line], None]]:
    """Register lines of a type of another app, in its `imported.py` (common.apps). Its function writes what a line
    says, and counts it in the report. `asks`: what only some of the team do here; `parts`: what stands in lists within
    such a line.
    """

    def register(read: Callable[[Any, Line], None]) -> Callable[[Any, Line], None]:
        LINES_ABOVE[kind], FIELDS[kind], ASKED[kind] = read, (required, optional), asks
        for name, fields in (parts or {}).items():
            FIELDS[name], PARTS_OF[name] = fields, kind
        return read

    return register
