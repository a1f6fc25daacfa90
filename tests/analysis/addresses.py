"""What each address of analysis answers to whom (tests.support.addresses)."""

from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from consultations.analysis.enums import CorrectionKind, RunKind, RunState
from consultations.analysis.models import (
    AnalysisRun,
    Dashboard,
    NearPair,
    Synthesis,
    SynthesisVersion,
    Topic,
    TopicCorrection,
)
from consultations.analysis.services.synthesis import begin_synthesis, publish_synthesis
from consultations.framing.models import Challenge, Consultation
from tests.participation.factories import ProposalFactory
from tests.support.roles import DESK, FRAMERS, OPEN, POST_ONLY, SIGNED_IN, STAFF, Rows

READERS = {**STAFF, Role.SERVICE: 404}

CITY: Rows = {
    # ── Figures ──
    "figures_of": (OPEN, None),
    "figures_csv": (OPEN, None),
    "desk_figures": (READERS, None),
    "desk_figures_file": (READERS, None),
    "desk_figures_set": (POST_ONLY, None),
    "desk_population": (FRAMERS, None),
    # ── Themes ──
    "desk_topics": (DESK, None),
    "desk_topic": (DESK, None),
    "desk_topic_correct": (POST_ONLY, None),
    "desk_topic_undo": (POST_ONLY, None),
    "desk_topic_difference": (DESK, None),
    "desk_topic_settle": (POST_ONLY, None),
    # ── What brings people together ──
    "together": (OPEN, None),
    "together_of": (OPEN, None),
    "together_method": (OPEN, None),
    "leaving_analyses": (SIGNED_IN, None),
    "desk_groups": (DESK, None),
    "desk_groups_publish": (POST_ONLY, None),
    "desk_groups_withdraw": (POST_ONLY, None),
    "desk_analysis_run": (POST_ONLY, None),
    "desk_analysis_cancel": (POST_ONLY, None),
    # ── Syntheses ──
    "synthesis": (OPEN, None),
    "synthesis_versions": (OPEN, None),
    "synthesis_version": (OPEN, None),
    "synthesis_report": (OPEN, None),
    "desk_syntheses": (DESK, None),
    "desk_synthesis": (DESK, None),
    "desk_synthesis_begin": (POST_ONLY, None),
    "desk_synthesis_save": (POST_ONLY, None),
    "desk_synthesis_review": (DESK, None),
    "desk_synthesis_publish": (POST_ONLY, None),
    "desk_synthesis_withdraw": (POST_ONLY, None),
}
EVERYDAY = {
    "desk_figures_file",
    "desk_figures_set",
    "desk_population",
    "desk_topic_correct",
    "desk_topic_undo",
    "desk_topic_settle",
    "desk_groups_publish",
    "desk_groups_withdraw",
    "desk_analysis_run",
    "desk_analysis_cancel",
    "desk_synthesis_begin",
    "desk_synthesis_save",
    "desk_synthesis_publish",
    "desk_synthesis_withdraw",
}
LOOKED_AT = {"desk_figures", "desk_topics", "desk_topic", "desk_topic_difference", "desk_groups"}
LOOKED_AT |= {"desk_syntheses", "desk_synthesis", "desk_synthesis_review"}


def things(made: dict[str, Any]) -> dict[str, Any]:
    _in_public()
    proposal = made["proposal"]
    topic = Topic.objects.create(challenge=proposal.challenge, labels=["vie privée"], created_at=proposal.submitted_at)
    correction = TopicCorrection.objects.create(
        challenge=proposal.challenge,
        kind=CorrectionKind.RENAME,
        topic=topic,
        name="Vie privée",
        made_at=proposal.submitted_at,
    )
    challenge, at = proposal.challenge, proposal.submitted_at
    begin_synthesis(challenge=challenge, actor=None, at=at)
    publish_synthesis(challenge=challenge, revision=0, after=0, actor=None, at=at)
    return {"topic": topic, "topic_correction": correction}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name == "desk_figures_file":
        return {"kind": "csv"}
    if address.name in ("figures_of", "figures_csv"):
        return {"slug": "territoires-resilients"}
    if address.name.startswith("desk_analysis"):
        return {"kind": "groups"}
    if address.name == "desk_groups_publish":
        return {"run": 4711}
    if address.name == "together_of":
        return {"slug": "territoires-resilients"}
    if "synthes" in address.name:
        return {"slug": "territoires-resilients", "challenge": things["topic"].challenge.slug, "number": 1}
    if not address.name.startswith("desk_topic"):
        return {}
    return {
        "challenge": things["topic"].challenge.slug,
        "number": things["topic"].pk,
        "correction": things["topic_correction"].pk,
    }


def on_pages(user: User) -> None:
    """What brings people together, published: the home leads there."""
    at = timezone.now()
    part = {"shown": "none", "reason": "few_people", "placed": 0, "reactions": 0}
    part |= {"groups": [], "together": [], "parting": [], "points": []}
    AnalysisRun.objects.get_or_create(
        consultation=Consultation.objects.get(is_current=True),
        kind=RunKind.GROUPS,
        state=RunState.DONE,
        defaults={
            "asked_at": at,
            "ended_at": at,
            "published_at": at,
            "result": {"whole": part, "challenges": {}},
        },
    )
    alike = ProposalFactory.create_batch(2, author=user)
    consultation = alike[0].challenge.consultation
    NearPair.objects.create(consultation=consultation, one=alike[0], other=alike[1], score=0.9)
    _in_public()
    _synthesised()


def _synthesised() -> None:
    """Published: the home and the results lead there."""
    challenge = Challenge.objects.shown().filter(consultation__is_current=True)[0]
    kept, _made = Synthesis.objects.get_or_create(challenge=challenge, defaults={"updated_at": timezone.now()})
    version = {"number": 1, "published_at": timezone.now()}
    kept.current = kept.versions.first() or SynthesisVersion.objects.create(synthesis=kept, **version)
    kept.save()


def _in_public() -> None:
    """Everybody reads the figures of all consultations."""
    for each in Consultation.objects.all():
        Dashboard.objects.update_or_create(
            consultation=each, defaults={"is_public": True, "updated_at": timezone.now()}
        )
