"""« Ma participation »: what a person can do next, what others answered them, what is theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from accounts.begun import ask_who
from accounts.models import User
from accounts.permissions import signed_in_user
from common.templatetags.ui import day
from consultations.framing.enums import Deed
from consultations.framing.permissions import city_visible
from consultations.participation.models import Draft, Proposal, Reaction
from consultations.portal.selectors import mine as reading
from consultations.portal.selectors.mine import MyParticipation, my_arguments, my_follows, my_proposals, page_of

# What a page of its own lists whole: its word in the address.
SECTIONS = {
    "propositions": my_proposals,
    "arguments": my_arguments,
    "suivis": my_follows,
}
STEPS_AT_MOST = 10
# How long before it is forgotten a draft says so.
SOON = timedelta(days=60)


@dataclass(frozen=True)
class Step:
    """Something to do next: a sign, what and why, and where."""

    icon: str
    title: str
    text: str
    action: str
    url: str


@never_cache
@city_visible
def my_participation(request: HttpRequest) -> HttpResponse:
    """What is theirs; with ?voir=… all of one kind, page by page."""
    if not request.user.is_authenticated:
        return ask_who(request)
    user = signed_in_user(request)
    if "voir" in request.GET:
        return _section(request, user, request.GET["voir"])
    now = timezone.now()
    mine = reading.my_participation(user=user, at=now)
    steps = list(next_steps(mine))[:STEPS_AT_MOST]
    context = {"mine": mine, "steps": steps, "at": now, "soon": now + SOON}
    return render(request, "portal/resident/my_participation.html", context)


def _section(request: HttpRequest, user: User, name: str) -> HttpResponse:
    if name not in SECTIONS:
        raise Http404
    rows: QuerySet[Any] = SECTIONS[name](user)
    context = {"section": name, "page": page_of(rows, page=request.GET.get("page", 1))}
    return render(request, "portal/resident/my_section.html", context)


def next_steps(mine: MyParticipation) -> Iterator[Step]:
    """The most useful first: where somebody waits for them, then what they began, then what they may add."""
    yield from _asked(mine)
    yield from (_to_answer(proposal) for proposal in mine.to_answer)
    yield from _begun(mine)
    yield from (_to_confirm(reaction) for reaction in mine.to_confirm)
    yield from (_to_argue(reaction) for reaction in mine.to_argue)
    yield from (_to_help(proposal) for proposal in mine.to_help)


def _asked(mine: MyParticipation) -> Iterator[Step]:
    for invitation in mine.invitations:
        who = invitation.invited_by.public_name or _("A participant")
        yield Step(
            "users",
            _("%(name)s invites you to write together") % {"name": who},
            invitation.proposal.title,
            _("Answer"),
            reverse("invitation", args=[invitation.pk]),
        )
    for source in mine.consents:
        yield Step(
            "users",
            _("Do you agree to a collective proposal?"),
            _("“%(title)s” would become part of “%(collective)s”.")
            % {"title": source.proposal.title, "collective": source.collective.title},
            _("Read and answer"),
            reverse("merge", args=[source.collective_id]),
        )


def _to_answer(proposal: Proposal) -> Step:
    waiting: int = proposal.waiting  # type: ignore[attr-defined]  # annotated
    words = ngettext(
        "%(count)s argument waits for your answer",
        "%(count)s arguments wait for your answer",
        waiting,
    )
    return Step(
        "reply",
        words % {"count": waiting},
        proposal.title,
        _("Open my workshop"),
        _workshop(proposal),
    )


def _workshop(proposal: Proposal) -> str:
    return reverse("workshop", args=[proposal.pk, proposal.slug])


def _begun(mine: MyParticipation) -> Iterator[Step]:
    for rework in mine.reworks:
        yield Step(
            "pen",
            _("Your next version is not published yet"),
            rework.proposal.title,
            _("Go on writing"),
            f"{_workshop(rework.proposal)}?texte#texte",
        )
    for draft in mine.drafts:
        if mine.may(Deed.PROPOSE, draft.challenge):
            yield _draft(draft)


def _draft(draft: Draft) -> Step:
    return Step(
        "pen",
        _("Your draft waits to be finished"),
        _("“%(title)s”, kept on %(day)s") % {"title": name_of(draft), "day": day(draft.updated_at)},
        _("Finish it"),
        reverse("draft_review", args=[draft.pk]),
    )


def _to_confirm(reaction: Reaction) -> Step:
    return Step(
        "eye",
        _("A text has changed since you reacted"),
        reaction.proposal.title,
        _("Confirm or change my opinion"),
        f"{reaction.proposal.get_absolute_url()}#reaction",
    )


def _to_argue(reaction: Reaction) -> Step:
    return Step(
        "reply",
        _("You gave your opinion. Would you like to say why?"),
        reaction.proposal.title,
        _("Say why"),
        f"{reaction.proposal.get_absolute_url()}?argumenter#argumenter",
    )


def _to_help(proposal: Proposal) -> Step:
    call: str = proposal.call  # type: ignore[attr-defined]  # set by the selector
    return Step(
        "reply", proposal.title, call, _("Give an argument"), f"{proposal.get_absolute_url()}?argumenter#argumenter"
    )


def name_of(draft: Draft) -> str:
    """Its title or its first words."""
    words = draft.title or draft.solution or draft.problem or draft.benefit
    return words if len(words) <= 70 else f"{words[:69].rstrip()}…"
