"""What outcomes show on the pages of others (common.panels): a proposal, the home, « ma participation »."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.permissions import signed_in_user
from common.mine import Mine
from common.panels import panel
from consultations.framing.models import Consultation
from consultations.moderation.elections import votes_near
from consultations.moderation.enums import Kind
from consultations.moderation.selectors.places import in_place
from consultations.outcomes.enums import REFUSED
from consultations.outcomes.models import Answer, AnswerVersion, Project
from consultations.outcomes.selectors.clock import answers_url, clock_of, has_answers, promise_of
from consultations.outcomes.selectors.hidden import hidden_answer, why_hidden, why_redacted
from consultations.outcomes.selectors.project_ties import (
    MINE_MAX,
    achievements,
    changes_thanks_to,
    my_projects,
    project_from,
)
from consultations.outcomes.selectors.public import answers_about, answers_to, decisions_on, shown_answer
from consultations.participation.enums import Stage, Status
from consultations.participation.models import Proposal

_MINE = 5

# ── On the page of a proposal ─────────────────────────────────────────────────


@panel("proposal.banner", "outcomes/resident/_answered_banner.html", order=30, queries=3)
def answered(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """One line under the title, which leads to the answer."""
    found = _answer(request, shown)
    return found if found.get("official") else None


@panel("proposal.answer", "outcomes/resident/_answer.html", order=10, queries=3)
def answer(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Beside the text: what the city answers, or by when it does."""
    return _answer(request, shown) or None


@panel("proposal.journey_end", "outcomes/resident/_journey_end.html", order=10, queries=3)
def refused(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """On its way: one that the city has refused becomes nothing more."""
    found = _answer(request, shown)
    official = found.get("official")
    return found if official and official.current.decision in REFUSED else None


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
        return {"official": found, "masked": why_redacted(found)}
    hidden = hidden_answer(proposal, answers)
    promise = promise_of(consultation, at=shown["calendar"].at)
    collective = proposal.merged_into
    if proposal.status != Status.PUBLISHED or (collective and collective.is_hidden):
        return {}
    waiting: Answer | None = answers.get(proposal.merged_into_id or proposal.pk)
    if not promise.has_begun and not hidden and not (waiting and waiting.late_until):
        return {}
    placeholder: dict[str, Any] = {}
    if hidden:
        placeholder = {**in_place(Kind.OFFICIAL, hidden.pk, why_hidden([hidden.pk]).get(hidden.pk)), "replies": 0}
    return {"promise": promise, "waiting": waiting, "hidden": placeholder, "answers_url": answers_url(consultation)}


# ── On cards ──────────────────────────────────────────────────────────────────


@panel("proposal.card", "outcomes/resident/_card_mark.html", order=10, queries=1)
def decision(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """In lists that are read page by page: what was answered. Asked once for all the cards of a page."""
    if "page" not in shown:
        return None
    proposal: Proposal = shown["proposal"]
    kept = request.__dict__
    if "_decisions" not in kept:
        kept["_decisions"] = decisions_on(shown["page"].object_list)
    found = kept["_decisions"].get(proposal.merged_into_id) or kept["_decisions"].get(proposal.pk)
    return {"decided": found} if found else None


# ── On the home and the page of a consultation ────────────────────────────────


@panel("home", "outcomes/resident/_clock.html", order=25, queries=2)
def public_clock(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    consultation: Consultation = shown["consultation"]
    if not promise_of(consultation, at=shown["at"]).has_begun and not has_answers(consultation):
        return None
    clock = clock_of(consultation, at=shown["at"])
    return {"clock": clock, "answers_url": answers_url(consultation)} if clock and clock.is_shown else None


# ── « Ma participation » ──────────────────────────────────────────────────────


@panel("mine", "outcomes/resident/_mine_answered.html", order=8, queries=1)
def answers_to_mine(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the city answered to what this person works on, argued on or supports."""
    found = answers_to(shown["mine"].user, most=_MINE)
    return {"answered": found} if found else None


@panel("leaving.stays", "outcomes/resident/_signed_stays.html", order=10, queries=1)
def signed_stays(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To whoever signed an answer and deletes their account."""
    return {} if AnswerVersion.objects.filter(signed_by=signed_in_user(request)).exists() else None


# ── Projects ──────────────────────────────────────────────────────────────────


@panel("proposal.journey", "outcomes/resident/_journey_project.html", order=10, queries=1)
@panel("proposal.after_text", "outcomes/resident/_became.html", order=5, queries=1)
def became(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """The project that a proposal has become: read once for all its places on a page."""
    proposal: Proposal = shown["proposal"]
    if proposal.stage != Stage.PROJECT or proposal.is_hidden:
        return None
    kept: dict[int, Project | None] = request.__dict__.setdefault("_projects", {})
    if proposal.pk not in kept:
        kept[proposal.pk] = project_from(proposal)
    found = kept[proposal.pk]
    return {"project": found, "today": timezone.localdate()} if found else None


@panel("home", "outcomes/resident/_achievements.html", order=35, queries=2)
def changed_thanks_to_you(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """On the home, of the whole city; on the page of another consultation, of that one."""
    consultation: Consultation = shown["consultation"]
    found = achievements(None if consultation.is_current else consultation)
    return {"achievements": found} if found else None


@panel("home.quiet", "outcomes/resident/_achievements.html", order=20, queries=2)
def changed_before(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where no consultation is on the home."""
    found = achievements(None)
    return {"achievements": found} if found else None


@panel("mine", "outcomes/resident/_my_projects.html", order=15, queries=1)
def projects_of_mine(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Those that come from what this person wrote, argued or supports; apart, those that they only follow, and what is
    given up: it changes nothing.
    """
    mine: Mine = shown["mine"]
    found = list(my_projects(mine.user)[:MINE_MAX])
    changed: list[Any] = [each for each in found if changes_thanks_to(each)]
    return {"changed": changed, "others": [each for each in found if each not in changed]} if found else None


@panel("desk.notice", "outcomes/backoffice/_archived_projects.html", order=20)
def archived_projects(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of an archived consultation the projects alone go on."""
    here, match = getattr(request, "desk_consultation", None), request.resolver_match
    if here is None or not here.is_archived or match is None or not getattr(match.func, "in_archives_too", False):
        return None
    return {"consultation": here} if (match.url_name or "").startswith(("desk_project", "desk_step")) else None


@panel("desk.publicity", "moderation/backoffice/_elections.html", order=10)
def elections(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where the team tells of what was done: in the months before a vote, what the law asks for. A page on which
    something is planned says how far (`plans_ahead`).
    """
    kind, today = request.tenant.kind, timezone.localdate()  # type: ignore[attr-defined]
    votes = list(votes_near(kind=kind, on=today, ahead=shown.get("plans_ahead", timedelta())))
    return {"votes": votes, "today": today} if votes else None
