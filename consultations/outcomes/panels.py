"""What outcomes show on the pages of others (common.panels): a proposal, the home."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.panels import panel
from consultations.framing.models import Consultation
from consultations.outcomes.models import Answer
from consultations.outcomes.selectors.clock import answers_url, clock_of, promise_of
from consultations.outcomes.selectors.public import answers_about, shown_answer
from consultations.participation.enums import Status
from consultations.participation.models import Proposal

# ── On the page of a proposal ─────────────────────────────────────────────────


@panel("proposal.banner", "outcomes/resident/_answered_banner.html", order=30, queries=2)
def answered(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """One line under the title, which leads to the answer."""
    found = _answer(request, shown)
    return found if found.get("official") else None


@panel("proposal.answer", "outcomes/resident/_answer.html", order=10, queries=2)
def answer(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Beside the text: what the city answers, or by when it does."""
    return _answer(request, shown) or None


def _answer(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Read once for all its places on a page."""
    kept: dict[int, dict[str, Any]] = request.__dict__.setdefault("_official_answers", {})
    proposal: Proposal = shown["proposal"]
    if proposal.pk not in kept:
        kept[proposal.pk] = _read(proposal, shown)
    return kept[proposal.pk]


def _read(proposal: Proposal, shown: Mapping[str, Any]) -> dict[str, Any]:
    consultation: Consultation = shown["consultation"]
    if consultation.opened_at is None or proposal.is_hidden:
        return {}
    answers = answers_about(proposal)
    if found := shown_answer(proposal, answers):
        return {"official": found}
    promise = promise_of(consultation, at=shown["calendar"].at)
    collective = proposal.merged_into
    if not promise.has_begun or proposal.status != Status.PUBLISHED or (collective and collective.is_hidden):
        return {}
    waiting: Answer | None = answers.get(proposal.merged_into_id or proposal.pk)
    return {"promise": promise, "waiting": waiting, "answers_url": answers_url(consultation)}


# ── On the home and the page of a consultation ────────────────────────────────


@panel("home", "outcomes/resident/_clock.html", order=25, queries=1)
def public_clock(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    consultation: Consultation = shown["consultation"]
    clock = clock_of(consultation, at=shown["at"])
    return {"clock": clock, "answers_url": answers_url(consultation)} if clock and clock.is_shown else None
