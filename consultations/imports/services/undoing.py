"""An import is undone as a whole, until somebody has acted on something of it.

What leads to a consultation is found by the keys of the database: a table that is new keeps an import from being undone
until somebody has thought of it here.
"""

from collections import deque
from datetime import datetime
from typing import Any

from django.db import models, transaction

from accounts.audit import record
from accounts.models import User
from consultations.framing.models import Consultation
from consultations.imports.enums import ImportState
from consultations.imports.models import Import, ImportFile
from consultations.imports.services.importing import may_import
from consultations.imports.services.refusals import ActedOn, ImportMoved, UndoneByOthers
from consultations.participation.counts import recount

# What an import writes, which says by a column that it was imported…
_IMPORTED = frozenset({"Challenge", "Proposal", "Argument", "Reply", "Source", "Project"})
# …what it writes with these, by nobody…
_WITH = frozenset(
    {"Phase", "ProposalVersion", "ProjectSource", "Milestone", "ProjectNews", "StateChange", "Answer", "AnswerVersion"}
)
# …and what is counted or computed from them, by machines.
_DERIVED = frozenset(
    {"OpenFile", "OpenFilePart", "DayFigures", "Attendance", "Breakdown", "CountedPerson", "AnalysisRun", "NearPair"}
    | {"TopicModel", "Topic", "TopicPlace", "ProposalViews", "WorkItem", "PreviewLink"}
)


def undo(*, found: Import, by: User, at: datetime) -> None:
    """Take away the consultation that it made, whichever run brought its lines. Undone already: nothing happens.

    What only some of the team import only they take away. Raises ActedOn, ImportMoved, UndoneByOthers.
    """
    with transaction.atomic():
        kept = Import.objects.select_for_update(of=("self",), no_key=True).filter(pk=found.pk).first()
        if kept is not None and kept.state == ImportState.UNDONE:
            return
        if kept is None or kept.state != ImportState.DONE or kept.consultation is None:
            raise ImportMoved
        consultation = Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=kept.consultation.pk)
        results = Import.objects.filter(consultation=consultation).values_list("result", flat=True)
        if not may_import({kind for each in results for kind in each.get("created", {})}, by):
            raise UndoneByOthers
        refuse_where_acted_on(consultation)
        record("import_undone", actor=by, subject=kept, title=consultation.title)
        ImportFile.objects.filter(of__consultation=consultation).delete()
        Import.objects.filter(consultation=consultation).update(
            state=ImportState.UNDONE, consultation=None, ended_at=at, result={}
        )
        _delete(consultation)
        recount()


def refuse_where_acted_on(consultation: Consultation) -> None:
    """Raises ActedOn."""
    if consultation.import_ref is None:
        raise ActedOn
    for model, path, goes in _leading(Consultation):
        name = model.__name__
        if model is Import or name in (_DERIVED if goes else _DERIVED | _WITH):
            continue
        rows = model._base_manager.filter(**{path: consultation.pk})
        if goes and name in _IMPORTED | _WITH:
            rows = rows.filter(_by_somebody(model))
        if rows.exists():
            raise ActedOn


def _by_somebody(model: type[models.Model]) -> models.Q:
    """Of what an import writes: rows that it did not, or that somebody has had a hand in."""
    told = models.Q(pk__in=[])
    if model.__name__ in _IMPORTED:
        told |= models.Q(import_ref=None)
    for each in model._meta.concrete_fields:
        if each.related_model is User:
            told |= models.Q(**{f"{each.name}__isnull": False})
    return told


def _leading(start: type[models.Model]) -> list[tuple[type[models.Model], str, bool]]:
    """Tables that lead to it, with the way; False where the key is only emptied. The farthest come last."""
    found: list[tuple[type[models.Model], str, bool]] = []
    seen: set[Any] = set()
    waiting: deque[tuple[type[models.Model], str]] = deque([(start, "")])
    while waiting:
        model, way = waiting.popleft()
        # With those whose rows cannot be asked for from there (related_name="+").
        for relation in model._meta.get_fields(include_hidden=True):
            key = getattr(relation, "field", None) if relation.auto_created and not relation.concrete else None
            if not isinstance(key, models.ForeignKey) or (key, way) in seen or key.model is model:
                continue
            seen.add((key, way))
            path = f"{key.name}__{way}" if way else key.name
            goes = key.remote_field.on_delete is not models.SET_NULL
            found.append((key.model, path, goes))
            if goes and len(path.split("__")) < 6:
                waiting.append((key.model, path))
    return found


def _delete(consultation: Consultation) -> None:
    """Table by table, in the order in which nothing leads to what is gone; a statement each, however many rows."""
    for model, path, goes in reversed(_leading(Consultation)):
        rows = model._base_manager.filter(**{path: consultation.pk})
        if goes:
            rows._raw_delete(rows.db)
        elif model is not Import:
            rows.update(**{path.split("__")[0]: None})
    own = Consultation._base_manager.filter(pk=consultation.pk)
    own._raw_delete(own.db)
