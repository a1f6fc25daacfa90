"""Reading consultations and challenges."""

from datetime import datetime
from typing import Any

from django.db.models import F, Prefetch

from consultations.framing.models import Calendar, Challenge, Consultation, Document, LegalIdentity, Logo, Phase

_IN_ORDER = Prefetch("phases", Phase.objects.order_by(F("opens_at").asc(nulls_last=True), "pk"))


def current_consultation() -> Consultation | None:
    """The one that the home page shows, with its phases."""
    return Consultation.objects.filter(is_current=True).prefetch_related(_IN_ORDER).first()


def consultation_by_slug(slug: str) -> Consultation | None:
    return Consultation.objects.filter(slug=slug).prefetch_related(_IN_ORDER).first()


def challenges_of(consultation: Consultation) -> list[Challenge]:
    return list(consultation.challenges.order_by("position", "pk"))


def challenge_by_slug(slug: str) -> Challenge | None:
    """A challenge with its consultation and phases, in two queries."""
    return (
        Challenge.objects.filter(slug=slug)
        .select_related("consultation")
        .prefetch_related(Prefetch("consultation__phases", _IN_ORDER.queryset))
        .first()
    )


def calendar_of(consultation: Consultation, *, at: datetime) -> Calendar:
    """Costs no query where the consultation came from a selector above."""
    return Calendar(phases=list(consultation.phases.all()), at=at)


def phase_line(calendar: Calendar) -> list[dict[str, Any]]:
    """The phases as the page's line shows them: kind, label, state, dates."""
    return [
        {
            "kind": phase.kind,
            "label": phase.get_kind_display(),
            "state": "now"
            if phase == calendar.now
            else ("next" if (s := phase.state(calendar.at)) == "now" else s.value),
            "opens_at": phase.opens_at,
            "closes_at": phase.closes_at,
        }
        for phase in calendar.phases
    ]


def past_consultations() -> list[Consultation]:
    return list(Consultation.objects.filter(is_current=False).order_by("-created_at", "-pk")[:20])


def documents_of(consultation: Consultation) -> list[Document]:
    return list(consultation.documents.order_by("added_at", "pk"))


def legal_identity() -> LegalIdentity:
    """The city's, or one where nothing is filled in yet."""
    return LegalIdentity.objects.filter(pk=LegalIdentity.ONLY).first() or LegalIdentity()


def logo_of(digest: str) -> bytes | None:
    """The city's picture, if it is the one with that digest."""
    logo = Logo.objects.filter(digest=digest).first()
    return bytes(logo.png) if logo else None
