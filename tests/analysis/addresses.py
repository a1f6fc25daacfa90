"""What each address of analysis answers to whom (tests.support.addresses)."""

from typing import Any

from consultations.analysis.enums import CorrectionKind
from consultations.analysis.models import Topic, TopicCorrection
from tests.support.roles import DESK, POST_ONLY, Rows

CITY: Rows = {
    # ── Themes ──
    "desk_topics": (DESK, None),
    "desk_topic": (DESK, None),
    "desk_topic_correct": (POST_ONLY, None),
    "desk_topic_undo": (POST_ONLY, None),
    "desk_topic_difference": (DESK, None),
    "desk_topic_settle": (POST_ONLY, None),
}
EVERYDAY = {"desk_topic_correct", "desk_topic_undo", "desk_topic_settle"}
LOOKED_AT = {"desk_topics", "desk_topic", "desk_topic_difference"}


def things(made: dict[str, Any]) -> dict[str, Any]:
    proposal = made["proposal"]
    topic = Topic.objects.create(challenge=proposal.challenge, labels=["vie privée"], created_at=proposal.submitted_at)
    correction = TopicCorrection.objects.create(
        challenge=proposal.challenge,
        kind=CorrectionKind.RENAME,
        topic=topic,
        name="Vie privée",
        made_at=proposal.submitted_at,
    )
    return {"topic": topic, "topic_correction": correction}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if not address.name.startswith("desk_topic"):
        return {}
    return {
        "challenge": things["topic"].challenge.slug,
        "number": things["topic"].pk,
        "correction": things["topic_correction"].pk,
    }
