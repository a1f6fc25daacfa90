"""Proposals, arguments and challenges where people share them: pictures, QR codes, ways to send them."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from consultations.framing.models import Challenge
from consultations.framing.resident.sharing import SharedPage, code_response, picture_response, shared_page
from consultations.participation.enums import READABLE, Stance
from consultations.participation.models import Argument, Proposal


def proposal_picture(request: HttpRequest, pk: str, digest: str) -> HttpResponse:
    return picture_response(shared_proposal(request, _proposal(int(pk))), digest)


def proposal_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code opens the short address, which holds whatever the title becomes."""
    return code_response(shared_proposal(request, _proposal(pk)))


def argument_code(request: HttpRequest, pk: int, slug: str, argument: int) -> HttpResponse:
    found = get_object_or_404(Argument.objects.filter(proposal=pk), pk=argument)
    found.proposal = _proposal(pk)
    return code_response(shared_argument(request, found))


def challenge_picture(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    return picture_response(shared_challenge(request, get_object_or_404(Challenge.objects.shown(), slug=slug)), digest)


def challenge_code(request: HttpRequest, slug: str) -> HttpResponse:
    return code_response(shared_challenge(request, get_object_or_404(Challenge.objects.shown(), slug=slug)))


def _proposal(pk: int) -> Proposal:
    return get_object_or_404(Proposal.objects.without_texts().select_related("challenge"), pk=pk)


def shared_proposal(request: HttpRequest, proposal: Proposal) -> SharedPage | None:
    """None: its words are not for everyone, or went with whoever wrote them."""
    if proposal.status not in READABLE:
        return None
    return shared_page(
        request,
        title=proposal.title,
        kicker=_("Proposal · %(challenge)s challenge") % {"challenge": proposal.challenge.label},
        address=proposal.get_absolute_url(),
        place=proposal.short_address,
        theme=proposal.challenge.theme,
    )


def shared_argument(request: HttpRequest, argument: Argument) -> SharedPage | None:
    """With the picture of its proposal. None: its words, or those of its proposal, are not for everyone."""
    of_proposal = shared_proposal(request, argument.proposal)
    if of_proposal is None or argument.status not in READABLE:
        return None
    titles = {
        Stance.FOR: _("An argument for: %(title)s"),
        Stance.AGAINST: _("An argument against: %(title)s"),
        Stance.IMPROVE: _("An idea to improve: %(title)s"),
    }
    address = argument.get_absolute_url()
    return replace(
        of_proposal,
        address=address,
        place=address,
        own_title=titles[Stance(argument.stance)] % {"title": argument.proposal.title},
        pictured_at=of_proposal.place,
    )


def shared_challenge(request: HttpRequest, challenge: Challenge) -> SharedPage | None:
    if not challenge.is_public:
        return None
    return shared_page(
        request,
        title=challenge.question,
        kicker=_("%(challenge)s challenge") % {"challenge": challenge.label},
        address=challenge.get_absolute_url(),
        place=challenge.get_absolute_url(),
        theme=challenge.theme,
    )
