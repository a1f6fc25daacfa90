"""What a kept proposal page says to one person (common.pagecache)."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import user_of
from common.kept_parts import kept_part
from common.pagecache import fills
from common.prepared import Prepared
from consultations.framing.selectors import calendar_of
from consultations.participation.models import Proposal
from consultations.participation.resident.reading import ProposalRequest, is_suspended, reaction_part, standing_here
from consultations.participation.selectors.held import WaitingHere, waiting_on
from consultations.participation.selectors.standing import Standing, bare_proposals
from consultations.participation.selectors.threads import NO_MARKS, Marks, marks_of
from consultations.participation.services.reactions import ask_again


@fills("reaction")
def reaction(request: ProposalRequest, *, pk: int, **kwargs: Any) -> str:
    """The three buttons, with the person's own answer pressed, and the composer where they asked for it."""
    user, standing = user_of(request), standing_here(request, pk)
    asks = user is not None and _asks_again(request, pk, user, standing)

    def make() -> str:
        proposal = read_proposal(request, pk)
        return reaction_part(request, proposal, asks=asks) if proposal is not None else ""

    if "brouillon" in request.GET or "redire" in request.GET or is_suspended(request):
        return make()  # holds words of somebody's own: not to be kept for others
    return kept_part(request, f"reaction {standing} {asks} {user is not None}", make)


def _asks_again(request: ProposalRequest, pk: int, user: User, standing: Standing) -> bool:
    """Ask once more why, where one may say so, and never a third time: noted before it is shown."""
    now = timezone.now()
    if request.method != "GET" or "argumenter" in request.GET or not standing.is_to_be_asked(now):
        return False
    proposal = read_proposal(request, pk)
    if proposal is None or proposal.merged_into_id or standing.version < proposal.version:
        return False
    if not calendar_of(proposal.challenge.consultation, at=now).may_argue:
        return False
    return ask_again(proposal=proposal, user=user)


_published = Prepared(lambda pk: bare_proposals().published().filter(pk=pk))


def read_proposal(request: ProposalRequest, pk: int) -> Proposal | None:
    """The proposal of a page, read at most once a request."""
    if not hasattr(request, "read_proposal"):
        request.read_proposal = next(iter(_published(pk)), None)
    return request.read_proposal


def has_nothing_here(request: ProposalRequest, *, pk: int, **kwargs: Any) -> bool:
    """Nothing of their own among the arguments, and no mark: as most people at most times."""
    standing_here(request, pk)  # one query for all that the page says to them
    return marks_here(request, pk) == NO_MARKS


@fills("useful", as_a_visitor=has_nothing_here)
def useful(request: ProposalRequest, *, of: int, pk: int, **kwargs: Any) -> str:
    """Attributes of the button: pressed or not, and what pressing it asks for. One’s own cannot be pressed."""
    marks = marks_here(request, pk)
    if of in marks.own:
        return " disabled"
    return ' aria-pressed="true" value="off"' if of in marks.useful else ' aria-pressed="false" value="on"'


@fills("edit", as_a_visitor=has_nothing_here)
def edit(request: ProposalRequest, *, of: int, pk: int, slug: str = "", **kwargs: Any) -> str:
    """The link to edit one's own argument, while that is possible."""
    if of not in marks_here(request, pk).editable:
        return ""
    return _edit_link(reverse("argument_edit", args=[pk, slug or "-", of]))


@fills("editreply", as_a_visitor=has_nothing_here)
def edit_reply_link(request: ProposalRequest, *, of: int, pk: int, slug: str = "", **kwargs: Any) -> str:
    """The link to edit one's own reply, while that is possible."""
    if of not in marks_here(request, pk).editable_replies:
        return ""
    return _edit_link(reverse("reply_edit", args=[pk, slug or "-", of]))


def _edit_link(address: str) -> str:
    return format_html('<a class="quiet-button" href="{}">{}</a>', address, _("Mend"))


def marks_here(request: ProposalRequest, pk: int) -> Marks:
    """One query a request, however many arguments the page has."""
    if not hasattr(request, "argument_marks"):
        request.argument_marks = marks_of(proposal=pk, user=user_of(request), at=timezone.now())
    return request.argument_marks


# ── What waits to be read before it is published ──────────────────────────────


@fills("waiting")
def waiting_arguments(request: ProposalRequest, *, pk: int, **kwargs: Any) -> str:
    arguments = _here(request, pk).arguments
    return _part(request, pk, "_waiting_arguments", arguments=arguments) if arguments else ""


@fills("waitingreplies", as_a_visitor=has_nothing_here)
def waiting_replies(request: ProposalRequest, *, of: int, pk: int, **kwargs: Any) -> str:
    replies = _here(request, pk).replies.get(of)
    return _part(request, pk, "_waiting_replies", replies=replies) if replies else ""


def _part(request: ProposalRequest, pk: int, template: str, **shown: Any) -> str:
    context = {"address": reverse("proposal", args=[pk, "-"]), **shown}
    return render_to_string(f"participation/resident/{template}.html", context, request=request)


def _here(request: ProposalRequest, pk: int) -> WaitingHere:
    """Two queries a request for whoever has something there that waits, none for others."""
    user, marks = user_of(request), marks_here(request, pk)
    if user is None or not marks.waits:
        return WaitingHere()
    if not hasattr(request, "waiting_here"):
        request.waiting_here = waiting_on(proposal=pk, user=user)
    return request.waiting_here
