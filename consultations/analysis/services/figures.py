"""The figures of the present city, kept: what `recount` compares with the facts."""

from datetime import datetime

from django.db import transaction

from common.db import concerns
from consultations.analysis.scopes import FIGURES
from consultations.analysis.services.breakdowns import count_people
from consultations.analysis.services.day_figures import count_days, one_at_a_time
from consultations.framing.models import Consultation


def count_figures(*, at: datetime) -> int:
    """Bring them to the facts; how many rows were wrong. Done twice it changes nothing."""
    wrong = count_days()
    for consultation in Consultation.objects.exclude(opened_at=None).prefetch_related("phases"):
        with transaction.atomic():
            concerns(FIGURES)
            one_at_a_time()
            wrong += count_people(consultation, at=at)
    return wrong
