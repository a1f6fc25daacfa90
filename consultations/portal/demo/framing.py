"""The demonstration's consultation in preparation, as the city and the service frame it together (others.toml)."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import typst
from django.core.files.base import File
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.files import accept_file
from consultations.framing.enums import Side
from consultations.framing.models import Challenge, Consultation, MarginComment
from consultations.framing.services.accompaniment import ask_for_accompaniment
from consultations.framing.services.challenges import validate_challenge
from consultations.framing.services.documents import add_file
from tenants.models import Municipality


def frame_together(
    entry: dict[str, Any],
    *,
    consultation: Consultation,
    challenges: list[Challenge],
    municipality: Municipality,
    at: datetime,
) -> None:
    """One challenge is validated by both, one has an open comment and a settled one, one an open comment."""
    at = timezone.localtime(at).replace(hour=10, minute=20)  # in working hours
    ours = User.objects.filter(role=Role.ADMINISTRATOR).order_by("pk").first()
    ask_for_accompaniment(municipality=municipality, actor=None, at=at - timedelta(days=12))
    both, adviser = challenges[0], entry["adviser"]
    validate_challenge(challenge=both, actor=ours, revision=both.revision, at=at - timedelta(days=1))
    Challenge.objects.filter(pk=both.pk).update(advised_at=at - timedelta(days=2), advised_by=adviser)
    for said in entry["comments"]:
        _comment(said, challenge=challenges[said["challenge"]], ours=ours, adviser=adviser, at=at)
    document = entry["document"]
    # Marked by Typst so that a screen reader finds its way.
    made = typst.compile(document["page"].encode())
    add_file(
        consultation=consultation,
        actor=None,
        title=document["title"],
        file=accept_file(File(BytesIO(made))),
        description=document["description"],
        is_accessible=True,
        at=at - timedelta(days=3),
    )


def _comment(said: dict[str, Any], *, challenge: Challenge, ours: User | None, adviser: str, at: datetime) -> None:
    written_at = at - timedelta(days=said["days_ago"])
    by: dict[str, dict[str, Any]] = {
        "SERVICE": {"side": Side.SERVICE, "signed": adviser},
        "CITY": {"side": Side.CITY, "author": ours},
    }
    thread = MarginComment.objects.create(
        challenge=challenge, field=said["field"], text=said["text"], written_at=written_at, **by[said["by"]]
    )
    for words in said.get("answers", []):
        MarginComment.objects.create(
            challenge=challenge,
            field=said["field"],
            text=words,
            answers=thread,
            written_at=written_at + timedelta(hours=5),
            **by["CITY" if said["by"] == "SERVICE" else "SERVICE"],
        )
    if said.get("is_settled"):
        thread.resolved_at, thread.resolved_by = written_at + timedelta(days=1), ours
        thread.save(update_fields=["resolved_at", "resolved_by"])
