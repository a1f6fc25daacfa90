"""An import of the desk: files are kept, looked at by a worker, imported by a worker, once."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import DataError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.abilities import may
from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later, enqueue, outbox_task
from consultations.framing.models import Consultation
from consultations.imports.enums import ImportState
from consultations.imports.events import import_ended
from consultations.imports.models import Import, ImportFile, ImportPart
from consultations.imports.reading import File, Job, Said, formats
from consultations.imports.rows import FileNotRead
from consultations.imports.selectors import progress_key
from consultations.imports.services.left import Left
from consultations.imports.services.reading import look, run
from consultations.imports.services.refusals import AnswersNotTheirs, ImportMoved, StillAsked
from consultations.participation.import_report import BadLine, Report
from consultations.participation.importing import ASKED

logger = logging.getLogger(__name__)

# The worker of analyses: its work, too, takes minutes and waits for nobody.
QUEUE = "analysis"
_PART = 1 << 20
_SAID_MAX = 200  # errors and notes that are kept to be shown, of each
# How often it is begun: one that has its worker killed would be begun for ever.
STARTS = 3
_IN_MEMORY = 4 << 20


def begin(*, format: str, files: Sequence[tuple[str, IO[bytes]]], by: User | None, at: datetime) -> Import:
    """Keep the files, and have them looked at. The same ones again, not imported yet: it is the same import."""
    digest = hashlib.sha256(format.encode())
    for _name, file in files:
        file.seek(0)
        while part := file.read(_PART):
            digest.update(part)
        digest.update(b"\0")
    with transaction.atomic():
        waiting = Import.objects.filter(digest=digest.hexdigest(), state__in=[ImportState.LOOKING, ImportState.LOOKED])
        if same := waiting.first():
            return same
        names = ", ".join(name for name, _file in files)[:300]
        made = Import.objects.create(
            format=format, names=names, digest=digest.hexdigest(), created_by=by, created_at=at
        )
        for name, file in files:
            _keep(made, name, file)
        record("import_begun", actor=by, subject=made, format=format)
        enqueue(work, import_id=made.pk)
    return made


def say(*, found: Import, said: Said, revision: int, by: User | None) -> None:
    """What the files do not say; they are looked at again. Pressed twice, it is once. Raises ImportMoved."""
    with transaction.atomic():
        if _is_so_already(found, revision + 1, ImportState.LOOKING, said=asdict(said)):
            return
        kept = _locked(found, ImportState.LOOKED, revision)
        kept.said, kept.state, kept.revision = asdict(said), ImportState.LOOKING, kept.revision + 1
        kept.save(update_fields=["said", "state", "revision"])
        enqueue(work, import_id=kept.pk)


def start(*, found: Import, revision: int, by: User | None) -> None:
    """Import what was looked at. Pressed twice, it is once. Raises ImportMoved, StillAsked, AnswersNotTheirs."""
    with transaction.atomic():
        if _is_so_already(found, revision, ImportState.RUNNING, ImportState.DONE):
            return
        kept = _locked(found, ImportState.LOOKED, revision)
        if kept.result.get("questions") or kept.result.get("problem"):
            raise StillAsked
        if by is not None and not may_import(kept.result.get("created", {}), by):
            raise AnswersNotTheirs
        kept.state = ImportState.RUNNING
        kept.save(update_fields=["state"])
        record("import_started", actor=by, subject=kept)
        enqueue(work, import_id=kept.pk)


def may_import(kinds: Iterable[str], user: User) -> bool:
    """Of what is public once imported: whether they publish it here, too."""
    return all(may(user, ASKED[kind]) for kind in kinds if kind in ASKED)


def give_up(*, found: Import, by: User) -> None:
    """Forget one that was not imported, with its files. Raises ImportMoved."""
    with transaction.atomic():
        kept = _locked(found, ImportState.LOOKED)
        record("import_given_up", actor=by, subject=kept)
        kept.delete()


def _is_so_already(found: Import, revision: int, *states: ImportState, **said: Any) -> bool:
    return Import.objects.filter(pk=found.pk, revision=revision, state__in=states, **said).exists()


def _locked(found: Import, state: ImportState, revision: int | None = None) -> Import:
    kept = Import.objects.select_for_update(of=("self",), no_key=True).filter(pk=found.pk).first()
    if kept is None or kept.state != state or (revision is not None and kept.revision != revision):
        raise ImportMoved
    return kept


@outbox_task(queue=QUEUE)
def work(import_id: int, **kwargs: Any) -> None:
    """Look, or import: what its state says. Done again after a kill, it finds what is there."""
    found = Import.objects.filter(pk=import_id).first()
    if found is None or not found.waits:
        return
    starts = f"import-starts:{found.pk}:{found.revision}:{found.state}"
    cache.add(starts, 0, 86_400)
    job = _job(found)
    left = Left(job)
    _progress(found)(0)
    try:
        if cache.incr(starts) > STARTS:
            raise FileNotRead(
                _("These files could not be read, three times over: cut them into several, then try again.")
            )
        if found.state == ImportState.LOOKING:
            _look(found, job, left)
        else:
            _run(found, job, left)
    except (BadLine, FileNotRead, SoftTimeLimitExceeded) as problem:
        logger.info("import %s cannot be read: %s", found.pk, type(problem).__name__)
        said = str(getattr(problem, "message", problem)) or _(
            "Reading these files takes too long: cut them into several."
        )
        # With what was found: perhaps another column is to be chosen, or another encoding.
        job.close()
        _end(found, ImportState.LOOKED, {**_findings(job), "problem": said}, Left(job), said=asdict(job.said))
    except DataError:
        # It would be so each time.
        logger.exception("import %s cannot be kept", found.pk)
        said = _("Something in these files cannot be kept. Save them anew as CSV UTF-8, then send them again.")
        _end(found, ImportState.LOOKED, {"problem": said}, Left(job))
    cache.delete_many([starts, progress_key(found.pk)])


def _look(found: Import, job: Job, left: Left) -> None:
    report = look(job, formats()[found.format], progress=_progress(found), refused=left.add)
    _end(found, ImportState.LOOKED, _result(job, report), left, said=asdict(job.said))


def _run(found: Import, job: Job, left: Left) -> None:
    with transaction.atomic():
        report = run(job, formats()[found.format], progress=_progress(found), refused=left.add)
        if report.undone:
            problem = _("Nothing was imported: no proposal could be, and a consultation without one says nothing.")
            _end(found, ImportState.LOOKED, {**_result(job, report), "problem": problem}, left)
            return
        made = Consultation.objects.get(slug=report.consultation)
        _end(found, ImportState.DONE, _result(job, report), left, consultation=made, ended_at=timezone.now())
        found.files.filter(is_left=False).delete()


def _end(found: Import, state: ImportState, result: dict[str, Any], left: Left, **more: Any) -> None:
    """Unless somebody has said something else meanwhile. Of an import whoever began it is told."""
    with transaction.atomic():
        now = Import.objects.filter(pk=found.pk, state=found.state, revision=found.revision)
        if not now.update(state=state, result=result, **more):
            return
        found.files.filter(is_left=True).delete()
        for name, content in left.files():
            _keep(found, name, content, is_left=True)
        if found.state == ImportState.RUNNING:
            announce_later(import_ended, import_id=found.pk, revision=found.revision)


def _findings(job: Job) -> dict[str, Any]:
    found = job.found
    return {
        "files": found.files,
        "questions": dict(found.questions),
        "skipped": dict(found.skipped),
        "untaken": found.untaken[:100],
        "challenges": found.challenges[:100],
        "first": found.first,
        "last": found.last,
        "days_alone": found.days_alone,
        "sample": found.sample,
    }


def _result(job: Job, report: Report) -> dict[str, Any]:
    return {
        **_findings(job),
        "lines": report.lines,
        "created": dict(report.created),
        "existing": dict(report.existing),
        "errors": report.errors[:_SAID_MAX],
        "error_count": report.count_of("errors"),
        "notes": report.notes[:_SAID_MAX],
        "note_count": report.count_of("notes"),
    }


def _progress(found: Import) -> Callable[[int], None]:
    return lambda count: cache.set(progress_key(found.pk), count, 600)


def _job(found: Import) -> Job:
    sent = found.files.filter(is_left=False).order_by("pk")
    files = [File(each.name, partial(opened, each.pk)) for each in sent]
    return Job(files, Said(**found.said))


def opened(pk: int) -> IO[bytes]:
    """A file, from its parts: what is long stands on the disk."""
    content = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (whoever reads it closes it)
    for part in ImportPart.objects.filter(file=pk).order_by("position").iterator(chunk_size=1):
        content.write(bytes(part.content))
    content.seek(0)
    return cast(IO[bytes], content)


def _keep(made: Import, name: str, file: IO[bytes], *, is_left: bool = False) -> None:
    file.seek(0)
    kept = ImportFile.objects.create(of=made, name=name[-120:], size=0, is_left=is_left)
    position = 0
    while part := file.read(_PART):
        ImportPart.objects.create(file=kept, position=position, content=part)
        kept.size, position = kept.size + len(part), position + 1
    kept.save(update_fields=["size"])
