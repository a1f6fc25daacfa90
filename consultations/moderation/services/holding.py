"""What waits to be published waits as a case, within the delay that was promised to its author."""

from datetime import datetime

from common.outbox import announce_later
from consultations.moderation.enums import State
from consultations.moderation.events import text_held
from consultations.moderation.models import Case
from consultations.moderation.services.listing import list_later
from consultations.moderation.services.reporting import locked_case
from consultations.moderation.subjects import KIND_OF, Subject, subject_of
from consultations.participation.services.visibility import Hideable


def wait_to_be_read(*, thing: Hideable, at: datetime) -> Case:
    """In the transaction in which it begins to wait; once more where it was published and its words have changed."""
    subject = subject_of(KIND_OF[type(thing)], thing.pk)
    assert isinstance(subject, Subject)
    assert thing.publish_by is not None
    case = locked_case(subject.kind, subject.pk, subject.consultation, at=at, delay=thing.publish_by - at)
    case.due_at = min(case.due_at, thing.publish_by) if case.state == State.OPEN else thing.publish_by
    case.state, case.opened_at, case.is_held = State.OPEN, at, True
    case.save(update_fields=["state", "opened_at", "due_at", "is_held"])
    list_later(case)
    announce_later(text_held, kind=subject.kind.value, pk=subject.pk)
    return case


def wait_no_longer(*, model: type[Hideable], key: int) -> None:
    """Its author has taken it back: there is nothing to decide about."""
    found = Case.objects.filter(kind=KIND_OF[model], subject_id=key)
    found.update(state=State.DECIDED, is_held=False, claimed_by=None, claimed_at=None)
    for case in found.select_related("consultation"):
        list_later(case)
