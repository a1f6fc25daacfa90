"""What a city fills in before it opens, and what the library improves afterwards."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.framing.services.challenges import validate_challenge
from consultations.framing.services.consultations import update_consultation
from consultations.framing.services.documents import say_no_documents
from consultations.framing.services.legal import update_legal_identity
from consultations.library.selectors import latest_set
from consultations.library.services.shipping import load_set

SAID = {
    "decision_maker": "Le conseil municipal",
    "who_may_answer": "Toute personne qui vit, étudie ou travaille ici.",
    "commitment": "Une réponse à chaque proposition, dans les trois mois.",
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
    update_consultation(consultation=consultation, actor=None, dates=dates, at=at, **{**SAID, **said})
    say_no_documents(consultation=consultation, actor=None)
    for challenge in consultation.challenges.order_by("pk"):
        validate_challenge(challenge=challenge, actor=None, revision=challenge.revision, at=at)
    update_legal_identity(actor=None, revision=0, at=at, **LEGAL)
    consultation.refresh_from_db()
    return consultation


def improve_library(code: str = "ecologie", **changes: Any) -> int:
    """A new version of the set that both cities copied, with changes in one challenge. Returns its number."""
    with schema_context("public"):
        newest = latest_set("territoires-resilients")
        challenges = [
            {"code": each.code, **each.content, **(changes if each.code == code else {})}
            for each in newest.challenges.all()
        ]
        content = {
            "code": newest.code,
            "version": newest.version + 1,
            "title": newest.title,
            "question": newest.question,
            "summary": newest.summary,
            "challenges": challenges,
        }
        load_set(content, at=timezone.now())
        return newest.version + 1
