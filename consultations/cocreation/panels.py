"""What co-creation shows on the page of a proposal and on the team's desk (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.permissions import signed_in_user, user_of
from common.panels import panel, static_panel
from consultations.cocreation.models import HeldVersion
from consultations.cocreation.selectors.coauthors import takes_care_of_some
from consultations.cocreation.selectors.merging import merge_summary_of, merged_standing_of
from consultations.cocreation.selectors.versions import version_difference, with_thanks
from consultations.cocreation.selectors.workshop import arguments_left
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Stage, Status
from consultations.participation.models import Proposal
from consultations.participation.permissions import may_facilitate
from consultations.participation.registry import why_settled

_COLLECTIVE = frozenset({Stage.COLLECTIVE, Stage.PROJECT})


@panel("proposal.banner", "cocreation/resident/_merged_banner.html", order=10)
def merged_banner(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    return {} if shown["proposal"].merged_into_id else None


@panel("proposal.banner", "cocreation/resident/_undone.html", order=20, queries=3)
def undone(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Why a collective proposal is no longer one."""
    proposal: Proposal = shown["proposal"]
    if proposal.status != Status.WITHDRAWN or proposal.merged_into_id:
        return None
    found = merge_summary_of(proposal)
    return {"together": found} if found else None


@panel("proposal.after_text", "cocreation/resident/_version_credit.html", order=10, queries=1)
def last_version(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Which version this is, thanks to whom, and what it changed."""
    proposal: Proposal = shown["proposal"]
    versions = with_thanks(proposal, last=2) if proposal.version > 1 else []
    if not versions:
        return None
    return {"last": versions[-1], "changes": version_difference(*versions) if len(versions) == 2 else []}


@panel("proposal.after_text", "cocreation/resident/_together.html", order=20, queries=3)
def together(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a collective proposal brings, or brought, together."""
    proposal: Proposal = shown["proposal"]
    if proposal.status != Status.WITHDRAWN and (proposal.stage not in _COLLECTIVE or proposal.merged_into_id):
        return None
    found = merge_summary_of(proposal)
    return {"together": found} if found else None


# Instead of the reactions to a proposal that is part of a collective one.
static_panel("proposal.merged", "cocreation/resident/_merged_hole.html", order=10)


@panel("reaction.merged", "cocreation/resident/_merged_place.html", order=10, queries=1)
def merged_place(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same, where somebody reacted while it was being brought together."""
    proposal: Proposal = shown["proposal"]
    return {
        "collective": proposal.merged_into,
        "calendar": calendar_of(proposal.challenge.consultation, at=timezone.now()),
        "standing": merged_standing_of(pk=proposal.pk, user=user_of(request)),
    }


@panel("reaction.own", "cocreation/resident/_author_place.html", order=10, queries=1)
def workshop(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What waits for those who work on it."""
    return {"arguments_left": arguments_left(shown["proposal"])}


@panel("reaction.own", "cocreation/resident/_merge_link.html", order=30, queries=1)
def bring_together(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    proposal: Proposal = shown["proposal"]
    if proposal.stage == Stage.COLLECTIVE:
        return {}
    return {} if shown["calendar"].may_merge and not why_settled([proposal.pk]) else None


@panel("week.open", "cocreation/backoffice/_some_alone.html", order=20, queries=1)
def takes_care(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To who takes care of proposals whose authors have left."""
    user = signed_in_user(request)
    return {} if may_facilitate(user=user) and takes_care_of_some(user) else None


@panel("mine", "cocreation/resident/_mine_waiting.html", order=6, queries=1)
def waiting_versions(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    found = HeldVersion.objects.filter(author=shown["mine"].user, status=Status.HELD).select_related("proposal")
    rows = list(found.defer("proposal__search").order_by("submitted_at", "pk")[:20])
    return {"waiting_versions": rows} if rows else None
