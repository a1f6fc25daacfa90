"""What each address of cocreation answers to whom (tests.support.addresses)."""

from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from consultations.cocreation.models import CoAuthorInvitation, HeldVersion
from consultations.participation.enums import AuthorshipRole, Status
from consultations.participation.models import Authorship
from tests.participation.factories import ProposalFactory, ask_to_merge
from tests.support.roles import FRAMERS, FRAMERS_MOVE_ON, OPEN, POST_ONLY, WORKERS, Rows

CITY: Rows = {
    "proposal_versions": (OPEN, 404),
    # For those who work on the proposal: tests/participation/test_workshop.py.
    "workshop": (WORKERS, 404),
    "workshop_answer": (WORKERS, 404),
    "workshop_text": (WORKERS, 404),
    "workshop_difference": (POST_ONLY, 404),
    "workshop_discard": (WORKERS, 404),
    "workshop_take_back": (POST_ONLY, 404),
    "coauthors": (WORKERS, 404),
    "invitation": (WORKERS, 404),
    "merge_new": (FRAMERS, 404),
    "merge_join": (POST_ONLY, 404),
    "merge": (FRAMERS, 404),
    "merge_reword": (FRAMERS, 404),
    "merge_answer": (FRAMERS_MOVE_ON, 404),
    "merge_form": (FRAMERS_MOVE_ON, 404),
    "merge_give_up": (FRAMERS_MOVE_ON, 404),
    "merge_undo": (FRAMERS_MOVE_ON, 404),
    "desk_alone": (FRAMERS, None),
    "desk_take_over": (POST_ONLY, None),  # a proposal of this city: see tests/participation/test_stewardship.py
    "desk_give_back": (POST_ONLY, None),
    "desk_merge": (FRAMERS, None),
    "desk_merge_of": (FRAMERS, None),
}
EVERYDAY = {
    "desk_take_over",
    "desk_give_back",
}
LOOKED_AT = {
    "desk_alone",
    "desk_merge",
    "desk_merge_of",
}
SHARED = {
    "workshop",
    "workshop_answer",
    "workshop_text",
    "workshop_difference",
    "workshop_discard",
    "coauthors",
    "merge_new",
    "merge",
    "merge_reword",
    "merge_answer",
    "merge_form",
    "merge_give_up",
    "merge_undo",
}


def things(made: dict[str, Any]) -> dict[str, Any]:
    proposal = made["proposal"]
    return {
        "invitation": CoAuthorInvitation.objects.create(
            proposal=proposal, email="quelquun@example.org", invited_by=proposal.author
        ),
        "merge_request": ask_to_merge(2),
    }


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name == "invitation":
        return {"key": things["invitation"].pk}
    return {"pk": things["merge_request"].pk} if address.route.startswith("reunions/") else {}


def on_pages(user: Any) -> None:
    """A new version of theirs that waits to be read before it is published."""
    for member in User.objects.filter(role=Role.ADMINISTRATOR):  # who takes care of one that is left alone
        given = {"user": member, "role": AuthorshipRole.STEWARD}
        Authorship.objects.create(proposal=ProposalFactory(author__is_active=False), **given)
    proposal = ProposalFactory(author=user)
    HeldVersion.objects.create(
        proposal=proposal,
        author=user,
        base_version=1,
        status=Status.HELD,
        publish_by=timezone.now(),
        **proposal.texts,
    )
