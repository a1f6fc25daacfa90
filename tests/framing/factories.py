"""What a city fills in before it opens."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.framing.services import update_consultation
from consultations.framing.services.challenges import validate_challenge
from consultations.framing.services.documents import say_no_documents
from consultations.framing.services.legal import update_legal_identity

SAID = {
    "decision_maker": "Le conseil municipal",
    "who_may_answer": "Toute personne qui vit, étudie ou travaille ici.",
    "commitment": "Une réponse à chaque proposition avant la fin de l’année.",
    "contact_email": "contact@example.org",
    "moderated_by": ModeratedBy.FRAMERS,
}
LEGAL = {
    "postal_address": "1 place de la Mairie, 45770 Saran",
    "phone": "02 38 00 00 00",
    "director": "Camille Martin, maire",
    "data_officer": "Le centre de gestion du département",
    "data_officer_contact": "dpd@example.org",
}


def make_ready(
    consultation: Consultation,
    *,
    at: datetime | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    **said: Any,
) -> Consultation:
    """Everything that opening asks of a city, in the present schema. `said` overrides what the consultation says."""
    at = at or timezone.now()
    dates = {"opens_at": opens_at or at, "closes_at": closes_at or at + timedelta(days=30)}
    update_consultation(consultation=consultation, actor=None, dates=dates, **{**SAID, **said})
    say_no_documents(consultation=consultation, actor=None)
    for challenge in consultation.challenges.order_by("pk"):
        validate_challenge(challenge=challenge, actor=None, revision=challenge.revision, at=at)
    update_legal_identity(actor=None, revision=0, at=at, **LEGAL)
    consultation.refresh_from_db()
    return consultation
