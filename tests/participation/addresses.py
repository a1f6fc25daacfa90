"""What each address of participation answers to whom (tests.support.addresses)."""

from typing import Any

from django.utils import timezone

from consultations.participation.enums import Status
from consultations.participation.models import Picture, ProposalVersion, SavedView
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory, ReplyFactory
from tests.support.roles import DESK, FRAMERS, MOVES_ON, NOBODYS, NOT_KEPT, OPEN, PERMANENT, POST_ONLY, WORKERS, Rows

CITY: Rows = {
    "consultation_proposals": (OPEN, None),
    "challenge": (OPEN, None),  # both cities have copied the same challenges
    "preview_challenge": (NOT_KEPT, None),
    "proposals": (OPEN, None),
    "proposals_feed": (OPEN, None),
    "proposal": (OPEN, 404),
    "challenge_share_picture": (MOVES_ON, None),  # to that of the challenge's present words
    "challenge_code": (OPEN, None),
    "proposal_share_picture": (MOVES_ON, 404),
    "proposal_code": (OPEN, 404),
    "proposal_short": (PERMANENT, 404),
    "proposal_arguments": (OPEN, 404),
    "argument": (OPEN, 404),
    "argument_code": (OPEN, 404),
    "useful": (POST_ONLY, 404),
    "reply": (POST_ONLY, 404),
    "argument_edit": ({**NOBODYS, "visitor": 302}, 404),
    "reply_edit": ({**NOBODYS, "visitor": 302}, 404),
    "take_back": (NOBODYS, 404),
    "react": (POST_ONLY, 404),
    "argue": (POST_ONLY, 404),
    "proposal_edit": ({**NOBODYS, "visitor": 302}, 404),  # its author: tests/participation/test_mend.py
    "proposal_new": (OPEN, None),
    "proposal_typing": (POST_ONLY, None),  # both cities have copied the same challenges
    "picture": (OPEN, 404),
    "draft": (NOBODYS, 404),
    "draft_review": (NOBODYS, 404),
    "draft_discard": (NOBODYS, 404),
    "proposal_follow": (POST_ONLY, 404),
    "challenge_follow": (POST_ONLY, None),
    "desk_contributions": (DESK, None),
    "desk_contributions_sheet": (POST_ONLY, None),
    "desk_sheets": (FRAMERS, None),
    "desk_sheet_file": (WORKERS, None),  # whoever asked for it: test_long_sheets.py
    "desk_views": (DESK, None),
    "desk_view_save": (DESK, None),
    "desk_view_rename": (POST_ONLY, None),  # of others, elsewhere: test_saved_views.py
    "desk_view_delete": (POST_ONLY, None),
}
LOOKED_AT = {"desk_contributions", "desk_sheets", "desk_sheet_file", "desk_views"}
EVERYDAY = {"desk_contributions_sheet", "desk_view_save", "desk_view_rename", "desk_view_delete"}


def things(made: dict[str, Any]) -> dict[str, Any]:
    picture = Picture.objects.create(content=b"JPEG", digest="0123456789abcdef0123", width=400, height=300)
    proposal = ProposalFactory(title=made.get("title", "Une idée"), version=2, picture=picture)
    for number in (1, 2):
        ProposalVersion.objects.create(proposal=proposal, number=number, title="Titre", solution=f"Texte {number}")
    argument = ArgumentFactory(proposal=proposal)
    return {
        "proposal": proposal,
        "argument": argument,
        "reply": ReplyFactory(argument=argument),
        "draft": DraftFactory(author=UserFactory()),
        "view": SavedView.objects.create(name=made.get("title", "Une vue"), is_shared=True),
    }


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name == "take_back":
        return {"kind": "proposition"}
    if address.name == "proposals_feed":
        return {"slug": things["opened"]}
    if address.name in ("desk_view_rename", "desk_view_delete"):
        return {"pk": things["view"].pk}
    if not address.route.startswith("propositions/<int:pk>/<slug"):
        return {}
    return {"slug": things["proposal"].get_absolute_url().split("/")[3]}


def on_pages(user: Any) -> None:
    """What of theirs waits to be read before it is published."""
    held = {"author": user, "status": Status.HELD, "publish_by": timezone.now()}
    ProposalFactory(**held)
    ArgumentFactory(**held)
    ReplyFactory(**held)
