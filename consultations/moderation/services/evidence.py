"""Illegal content: what it was is frozen in the transaction that takes it away."""

from typing import Any

from consultations.moderation.models import Decision, Evidence
from consultations.moderation.subjects import Subject, all_texts


def freeze(decision: Decision, subject: Subject, *, order_reference: str = "") -> Evidence:
    """The texts, where they stood, and who wrote them, before the decision is carried out."""
    author = subject.author
    content: dict[str, Any] = {
        "texts": all_texts(subject),
        "url": subject.url,
        "published": subject.published_at.isoformat() if subject.published_at is not None else "",
        "author": {
            "number": author.pk,
            "public_name": author.public_name,
            "email": author.email,
            "since": author.created_at.isoformat(),
        }
        if author is not None
        else {"public_name": subject.author_name},
    }
    return Evidence.objects.create(
        decision=decision, content=content, order_reference=order_reference, frozen_at=decision.decided_at
    )
