"""What the city says of the results of a consultation in words of its own."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import refuse_archived
from consultations.outcomes.models import Takeaways


def write_takeaways(*, consultation: Consultation, text: str, actor: User, revision: int, at: datetime) -> Takeaways:
    """Write them, or take them back with an empty text. The same again: nothing happens.

    Raises ConsultationArchived, ChangedMeanwhile where `revision` is not the one kept.
    """
    with transaction.atomic():
        refuse_archived(Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk))
        found = Takeaways.objects.filter(consultation=consultation).first()
        kept = found or Takeaways(consultation=consultation)
        if kept.text == text:
            return kept
        if kept.revision != revision:
            raise ChangedMeanwhile(kept)
        kept.text, kept.updated_at = text, at
        kept.revision += 1
        kept.save()
        record("takeaways_written", actor=actor, subject=consultation)
    return kept
