"""Reading: nobody needs an account for it."""

from dataclasses import replace
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.permissions import reads_ahead, user_of
from common.pagecache import cached_page, depends_on
from common.requests import Request
from common.views import lead_to
from consultations.framing.context import remember
from consultations.framing.models import Challenge, Consultation
from consultations.framing.resident.previews import previewed, private_consultation
from consultations.framing.selectors import (
    calendar_of,
    challenges_of,
    challenges_to_read,
    consultations_to_read,
    shown_challenges_of,
)
from consultations.participation.enums import Part, ReactionValue, Stage, Stance, Status
from consultations.participation.models import COUNT_OF_REACTION, CURRENT_COUNT_OF_REACTION, Proposal
from consultations.participation.resident.drafts import draft_words
from consultations.participation.resident.forms import ArgumentForm
from consultations.participation.resident.listing import list_shown
from consultations.participation.resident.progress import (
    has_left_opinions_behind,
    looks_left_behind,
    stations,
    what_helps,
)
from consultations.participation.resident.sharing import shared_challenge, shared_proposal
from consultations.participation.resident.shuffling import without_odd_seed
from consultations.participation.resident.waiting import waiting_page
from consultations.participation.scopes import LISTS, proposal_scope, reactions_scope
from consultations.participation.selectors.held import WaitingHere
from consultations.participation.selectors.page import arguments_page, calendar_for, proposal_page
from consultations.participation.selectors.places import places_of
from consultations.participation.selectors.similar import looks_for_similar
from consultations.participation.selectors.standing import Standing, bare_proposals, standing_of
from consultations.participation.selectors.threads import Marks
from consultations.participation.services.proposals import may_edit

STANCE_OF_PATH: dict[str, Stance] = {"pour": Stance.FOR, "contre": Stance.AGAINST, "ameliorer": Stance.IMPROVE}
STANCE_OF_REACTION: dict[str, Stance] = {
    ReactionValue.LIKE: Stance.FOR,
    ReactionValue.DISLIKE: Stance.AGAINST,
    ReactionValue.MIXED: Stance.IMPROVE,
}


def challenge(request: Request, slug: str) -> HttpResponse:
    """What everyone reads; else, to the team, what is not public yet."""
    try:
        return public_challenge(request, slug=slug)
    except Http404:
        if not reads_ahead(request):
            raise
        request.leaves_holes = False
        return _challenge_page(request, get_object_or_404(challenges_to_read(drafts=True), slug=slug))


@cached_page
def public_challenge(request: Request, slug: str) -> HttpResponse:
    """What is asked, why here, what is on the table; and what has been proposed."""
    if moved := without_odd_seed(request):
        return moved
    return _challenge_page(request, get_object_or_404(challenges_to_read(), slug=slug))


def _challenge_page(request: Request, found: Challenge) -> HttpResponse:
    remember(request, found.consultation)
    is_draft = not (found.is_public or (found.is_shown and found.is_validated))
    calendar = calendar_of(found.consultation, at=timezone.now())
    context = {
        "challenge": found,
        "consultation": found.consultation,
        "is_draft": is_draft,
        "calendar": replace(calendar, takes_writing=False) if is_draft else calendar,
        "shared": shared_challenge(request, found),
        **list_shown(request, challenge=found),
    }
    return render(request, "participation/resident/challenge.html", context)


@previewed
def challenge_preview(request: Request, consultation: Consultation, mark: str, slug: str) -> HttpResponse:
    """To whoever has the link of its consultation: as residents will read it, without what was tried out."""
    found = get_object_or_404(challenges_to_read(drafts=True), slug=slug, consultation=consultation)
    calendar = replace(calendar_of(consultation, at=timezone.now()), takes_writing=False)
    context = {"challenge": found, "consultation": consultation, "calendar": calendar, "mark": mark, "is_draft": True}
    return render(request, "participation/resident/challenge_preview.html", context)


def proposals(request: Request, slug: str = "") -> HttpResponse:
    """What everyone reads; else, to the team, the list of one that is being prepared."""
    try:
        return public_proposals(request, slug=slug)
    except Http404:
        return _proposals_page(request, private_consultation(request, slug))


@cached_page
def public_proposals(request: Request, slug: str) -> HttpResponse:
    """All the proposals of a consultation, with search, filters and order."""
    if moved := without_odd_seed(request):
        return moved
    which = {"slug": slug} if slug else {"is_current": True}
    return _proposals_page(request, get_object_or_404(consultations_to_read(), **which))


def _proposals_page(request: Request, found: Consultation) -> HttpResponse:
    remember(request, found)
    places = places_of(found)
    context = {
        "consultation": found,
        "calendar": calendar_of(found, at=timezone.now()),
        "challenges": challenges_of(found) if found.is_private else shown_challenges_of(found),
        "stages": Stage.choices,
        "places": places,
        **list_shown(request, consultation=found, places=places),
    }
    return render(request, "participation/resident/proposals.html", context)


class ProposalRequest(Request):
    """With what its page has read already, for the holes further down."""

    read_proposal: Proposal | None
    standing: Standing
    argument_marks: Marks
    waiting_here: WaitingHere


def proposal(request: Request, **named: Any) -> HttpResponse:
    """What everyone reads; else, to whoever wrote it, what waits to be read before it is published."""
    try:
        return public_proposal(request, **named)
    except Http404:
        request.leaves_holes = False
        return waiting_page(request, named["pk"])


@cached_page
def public_proposal(request: Request, pk: int, slug: str = "") -> HttpResponse:
    """A proposal; to htmx, only where the person stands to it."""
    if request.htmx:
        return reaction_response(request, get_object_or_404(bare_proposals().published(), pk=pk))
    return proposal_response(request, pk=pk)


def proposal_response(request: HttpRequest, *, pk: int, reaction: str = "", status: int = 200) -> HttpResponse:
    """The page of a proposal, with `reaction` (HTML) instead of the hole that a kept page has there."""
    page = proposal_page(pk=pk, at=timezone.now())
    if page is None:
        raise Http404
    moved = page.proposal.get_absolute_url() != request.path and not page.proposal.is_hidden  # its words stay hidden
    if request.method == "GET" and not reaction and moved:
        return lead_to(request, page.proposal.get_absolute_url())
    remember(request, page.consultation)
    if page.calendar.may_merge and page.proposal.argument_count and not page.proposal.merged_into_id:
        look = looks_for_similar(page.proposal)
        found = look()
        page.close = [Proposal(pk=pk, title=title) for pk, title in found]
        # Of each idea that comes all pages would be made anew.
        depends_on(request, LISTS, look=look, shows=found)
    depends_on(request, proposal_scope(pk))
    has_left, looks = has_left_opinions_behind(page.proposal), looks_left_behind(page.proposal)
    depends_on(request, reactions_scope(pk), look=looks, shows=has_left, in_holes=True)
    cast(ProposalRequest, request).read_proposal = page.proposal
    context = {
        "page": page,
        "proposal": page.proposal,
        "challenge": page.proposal.challenge,
        "consultation": page.consultation,
        "calendar": page.calendar,
        "progress": stations(page),
        "help": what_helps(page),
        "reaction_html": reaction,
        "shared": shared_proposal(request, page.proposal),
    }
    return render(request, "participation/resident/proposal.html", context, status=status)


def standing_here(request: HttpRequest, pk: int) -> Standing:
    """Where the person of the request stands: read once for all parts of its answer."""
    here = cast(ProposalRequest, request)
    if not hasattr(here, "standing"):
        stands_here(request, standing_of(pk=pk, user=user_of(request), at=timezone.now()))
    return here.standing


def stands_here(request: HttpRequest, standing: Standing) -> None:
    """What is known of it already: a press says it."""
    here = cast(ProposalRequest, request)
    here.standing, here.argument_marks = standing, standing.marks


def reaction_response(request: Request, proposal: Proposal, *, status: int = 200, **said: Any) -> HttpResponse:
    """What a reaction or an argument changes: alone for htmx, in its page for everyone else."""
    part = reaction_part(request, proposal, **said)
    if request.htmx:
        return HttpResponse(part, status=status)
    return proposal_response(request, pk=proposal.pk, reaction=part, status=status)


def reaction_part(request: HttpRequest, proposal: Proposal, **said: Any) -> str:
    """The three buttons and the place to say why, wherever they are shown."""
    context = _reaction(request, proposal, standing_here(request, proposal.pk), **said)
    context["suspended"] = is_suspended(request)
    return render_to_string("participation/resident/_reaction.html", context, request=request)


def is_suspended(request: HttpRequest) -> bool:
    user = user_of(request)
    return user is not None and user.is_suspended(timezone.now())


def _reaction(
    request: HttpRequest,
    proposal: Proposal,
    standing: Standing,
    *,
    form: ArgumentForm | None = None,
    notice: str = "",
    said: str = "",
    compose: bool = False,
    unseen: int = 0,
    asks: bool = False,
) -> dict[str, Any]:
    """`said`: counted or withdrawn, just now; `unseen`: the version that they had read, where another has come since;
    `asks`: this is the moment to ask why again."""
    if proposal.merged_into_id:  # since the page was opened: what they did is told where it goes on
        return {"proposal": proposal, "form": form, "notice": notice}
    words = draft_words(request)
    stance: str = STANCE_OF_PATH.get(request.GET.get("position", ""), "") or STANCE_OF_REACTION.get(standing.value, "")
    initial = {"stance": stance, "part": Part.SOLUTION, "text": words}
    calendar = calendar_of(proposal.challenge.consultation, at=timezone.now())
    # Right after a reaction the place to say why opens, but to whom has said why already.
    compose = compose or "argumenter" in request.GET or (said == "counted" and not standing.argued)
    options = [
        {
            "value": value,
            "label": label,
            "count": getattr(proposal, COUNT_OF_REACTION[ReactionValue(value)]),
            "current": getattr(proposal, CURRENT_COUNT_OF_REACTION[ReactionValue(value)]),
        }
        for value, label in ReactionValue.choices
    ]
    return {
        "proposal": proposal,
        "calendar": calendar,
        "options": options,
        "own": next((option for option in options if option["value"] == standing.value), None),
        "reaction": standing.value,
        "reaction_label": ReactionValue(standing.value).label if standing.value else "",
        "reacted_to": standing.version,
        "has_changed": bool(standing.value) and standing.version < proposal.version,
        "is_author": standing.is_author,
        "from_draft": bool(words) and form is None,
        "may_edit": may_edit(proposal=proposal, at=timezone.now()),
        "form": form or ArgumentForm(initial=initial),
        "compose": compose and calendar.may_argue,
        "notice": notice,
        "said": said or _said_before(request, standing),
        "unseen": unseen,
        "asks": asks,
    }


def _said_before(request: HttpRequest, standing: Standing) -> str:
    """Without scripts a press leads to another page, which says what came of it."""
    if "retire" in request.GET:
        return "" if standing.value else "withdrawn"
    return "counted" if "argumenter" in request.GET and standing.value else ""


@cached_page
def arguments(request: HttpRequest, pk: int, slug: str, stance: str) -> HttpResponse:
    """All the arguments of one side, twenty a page."""
    found = get_object_or_404(bare_proposals().exclude(status=Status.HELD), pk=pk)
    if stance not in STANCE_OF_PATH or found.is_hidden:
        raise Http404
    depends_on(request, proposal_scope(pk))
    remember(request, found.challenge.consultation)
    calendar = calendar_for(found, at=timezone.now())
    context = {
        "proposal": found,
        "challenge": found.challenge,
        "calendar": calendar,
        "may_argue": calendar.may_argue and found.status == Status.PUBLISHED and not found.merged_into_id,
        "stance": STANCE_OF_PATH[stance],
        "stance_path": stance,
        "page": arguments_page(proposal=found, stance=STANCE_OF_PATH[stance], page=request.GET.get("page", 1)),
    }
    return render(request, "participation/resident/arguments.html", context)
