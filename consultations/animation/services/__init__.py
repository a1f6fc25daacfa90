"""Telling people things, and what they choose to hear."""

from consultations.animation.services.digests import choose_frequency, digest, next_mail_time, send_digest
from consultations.animation.services.reading import mark_all_read, mark_read
from consultations.animation.services.telling import FACTS_KEPT, Telling, tell_people
from consultations.animation.services.unsubscribing import (
    LinkForged,
    LinkOutdated,
    unsubscribe,
    unsubscribing_link,
    unsubscribing_preference,
)

__all__ = [
    "FACTS_KEPT",
    "LinkForged",
    "LinkOutdated",
    "Telling",
    "choose_frequency",
    "digest",
    "mark_all_read",
    "mark_read",
    "next_mail_time",
    "send_digest",
    "tell_people",
    "unsubscribe",
    "unsubscribing_link",
    "unsubscribing_preference",
]
