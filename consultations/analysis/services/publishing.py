"""What everybody may read of analyses: the run that the team has looked at, and no later one by itself."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from consultations.analysis.enums import RunKind, RunState
from consultations.analysis.models import AnalysisRun
from consultations.framing.models import Consultation


class NotMade(Refusal):
    code = "analysis_not_made"
    message = _("This analysis is not there any more: a later one has taken its place. Look at that one first.")


class NobodyReacted(Refusal):
    code = "nobody_reacted"
    status = 422
    message = _("Nobody had reacted when this analysis was made: there is nothing to publish.")


def publish_run(*, run_id: int, consultation: Consultation, actor: User | None, at: datetime) -> AnalysisRun:
    """In the place of the one that was published before. Again changes nothing. Raises NotMade, NobodyReacted."""
    with transaction.atomic():
        runs = AnalysisRun.objects.filter(consultation=consultation)
        run = runs.select_for_update(of=("self",), no_key=True).filter(pk=run_id, state=RunState.DONE).first()
        if run is None:
            raise NotMade
        if run.kind == RunKind.GROUPS and not (run.result or {})["whole"]["reactions"]:
            raise NobodyReacted
        if run.published_at is None:
            runs.filter(kind=run.kind, published_at__isnull=False).update(published_at=None, published_by=None)
            run.published_at, run.published_by = at, actor
            run.save(update_fields=["published_at", "published_by"])
            record("analysis_published", actor=actor, subject=consultation, kind=run.kind)
    return run


def take_back(*, consultation: Consultation, kind: str, actor: User) -> None:
    """Nobody but the team reads it any more. Again changes nothing."""
    with transaction.atomic():
        published = AnalysisRun.objects.filter(consultation=consultation, kind=kind, published_at__isnull=False)
        if published.update(published_at=None, published_by=None):
            record("analysis_taken_back", actor=actor, subject=consultation, kind=kind)
