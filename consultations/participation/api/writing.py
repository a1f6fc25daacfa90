"""Contributing, by who has a key for it: the same services as the pages, one call each."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.models import User
from consultations.framing.models import Challenge
from consultations.framing.selectors import challenges_to_read
from consultations.participation.api.reading import (
    PROPOSALS,
    ReadArgument,
    ReadArguments,
    ReadProposal,
    ReadReplies,
    ReadReply,
)
from consultations.participation.api.scopes import ARGUE, FOLLOW, PROPOSE, REACT
from consultations.participation.api.serializers import (
    ArgumentSent,
    ProposalCorrected,
    ProposalSent,
    ReactionGiven,
    ReactionSent,
    ReplySent,
    Written,
)
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply
from consultations.participation.rules import PARTS
from consultations.participation.selectors.standing import Standing, bare_proposals
from consultations.participation.services import arguments as argument_services
from consultations.participation.services import proposals as proposal_services
from consultations.participation.services import reactions as reaction_services
from consultations.participation.services import replies as reply_services
from consultations.participation.services.following import follow, unfollow
from rest.views import ApiView, does


class Propose(ApiView):
    tag = PROPOSALS

    @does(
        "propose",
        _("Propose a solution"),
        scope=PROPOSE,
        takes=ProposalSent,
        gives=Written,
        status=201,
        fields={"neighbourhood_refused": "neighbourhood"},
    )
    def post(self, request: Request, user: User, slug: str, **sent: str) -> Proposal:
        challenge = get_object_or_404(challenges_to_read(), slug=slug)
        return proposal_services.propose(challenge=challenge, author=user, at=timezone.now(), **sent)


class OneProposal(ReadProposal):
    @does(
        "correct_proposal",
        _("Correct a proposal that one has just published"),
        scope=PROPOSE,
        takes=ProposalCorrected,
        gives=Written,
        about=_("For fifteen minutes, while nobody has reacted."),
        fields={"neighbourhood_refused": "neighbourhood"},
    )
    def patch(self, request: Request, user: User, pk: int, **sent: str) -> Proposal:
        found = Proposal.objects.filter(_there(user)).select_related("challenge__consultation", "author")
        proposal = get_object_or_404(found.defer("search"), pk=pk)
        texts = {name: sent.get(name, getattr(proposal, name)) for name in (*PARTS, "neighbourhood")}
        return proposal_services.edit_proposal(proposal=proposal, author=user, at=timezone.now(), **texts)


class OneReaction(ApiView):
    tag = PROPOSALS

    @does(
        "react",
        _("Say what one thinks of a proposal, or something else than before"),
        scope=REACT,
        takes=ReactionSent,
        gives=ReactionGiven,
        fields={"unknown_choice": "value"},
    )
    def put(self, request: Request, user: User, pk: int, value: str, seen_version: int = 0) -> Standing:
        proposal = get_object_or_404(bare_proposals().published(), pk=pk)
        return reaction_services.react(
            proposal=proposal, user=user, value=value, seen_version=seen_version, at=timezone.now()
        )

    @does("withdraw_reaction", _("Take a reaction back"), scope=REACT)
    def delete(self, request: Request, user: User, pk: int) -> None:
        proposal = get_object_or_404(bare_proposals().published(), pk=pk)
        reaction_services.withdraw_reaction(proposal=proposal, user=user, at=timezone.now())


class Arguments(ReadArguments):
    @does(
        "argue",
        _("Give an argument"),
        scope=ARGUE,
        takes=ArgumentSent,
        gives=Written,
        status=201,
        fields={"no_web_address": "source_url"},
    )
    def post(self, request: Request, user: User, pk: int, **sent: Any) -> Argument:
        proposal = get_object_or_404(bare_proposals().published(), pk=pk)
        return argument_services.argue(proposal=proposal, author=user, at=timezone.now(), **sent)


class OneArgument(ReadArgument):
    @does(
        "correct_argument",
        _("Correct an argument that one has just given"),
        scope=ARGUE,
        takes=ArgumentSent,
        gives=Written,
        about=_("For fifteen minutes, while nobody has answered it."),
        fields={"no_web_address": "source_url"},
    )
    def patch(self, request: Request, user: User, pk: int, **sent: str) -> Argument:
        argument = get_object_or_404(_arguments(user), pk=pk)
        return argument_services.edit_argument(argument=argument, author=user, at=timezone.now(), **sent)


class OneMark(ApiView):
    tag = ReadArgument.tag

    @does("mark_useful", _("Say that an argument is useful"), scope=REACT)
    def put(self, request: Request, user: User, pk: int) -> None:
        argument = get_object_or_404(_arguments(user), pk=pk)
        argument_services.mark_useful(argument=argument, user=user, useful=True, at=timezone.now())

    @does("unmark_useful", _("Say it no longer"), scope=REACT)
    def delete(self, request: Request, user: User, pk: int) -> None:
        argument = get_object_or_404(_arguments(user), pk=pk)
        argument_services.mark_useful(argument=argument, user=user, useful=False, at=timezone.now())


class Replies(ReadReplies):
    @does("reply", _("Reply to an argument"), scope=ARGUE, takes=ReplySent, gives=Written, status=201)
    def post(self, request: Request, user: User, pk: int, text: str) -> Reply:
        argument = get_object_or_404(_arguments(user), pk=pk)
        return reply_services.reply(argument=argument, author=user, text=text, at=timezone.now())


class OneReply(ReadReply):
    @does(
        "correct_reply",
        _("Correct a reply that one has just given"),
        scope=ARGUE,
        takes=ReplySent,
        gives=Written,
        about=_("For fifteen minutes."),
    )
    def patch(self, request: Request, user: User, pk: int, text: str) -> Reply:
        found = Reply.objects.filter(_there(user), argument__in=_arguments(user).values("pk"))
        reply = get_object_or_404(found.select_related("argument__proposal__challenge__consultation"), pk=pk)
        return reply_services.edit_reply(reply=reply, author=user, text=text, at=timezone.now())


def _there(user: User) -> Q:
    """What everybody reads; and what waits of theirs."""
    return Q(status=Status.PUBLISHED) | Q(status=Status.HELD, author=user)


def _arguments(user: User) -> Any:
    found = Argument.objects.filter(_there(user), proposal__in=Proposal.objects.published())
    return found.select_related("proposal__challenge__consultation", "author")


class FollowedProposal(ApiView):
    tag = PROPOSALS

    @does("follow_proposal", _("Follow a proposal"), scope=FOLLOW)
    def put(self, request: Request, user: User, pk: int) -> None:
        follow(user=user, proposal=get_object_or_404(Proposal.objects.published(), pk=pk), at=timezone.now())

    @does("unfollow_proposal", _("No longer follow a proposal"), scope=FOLLOW)
    def delete(self, request: Request, user: User, pk: int) -> None:
        unfollow(user=user, proposal=get_object_or_404(Proposal.objects.published(), pk=pk))


class FollowedChallenge(ApiView):
    tag = _("Consultations and challenges")

    @does("follow_challenge", _("Follow a challenge"), scope=FOLLOW)
    def put(self, request: Request, user: User, slug: str) -> None:
        follow(user=user, challenge=get_object_or_404(Challenge.objects.shown(), slug=slug), at=timezone.now())

    @does("unfollow_challenge", _("No longer follow a challenge"), scope=FOLLOW)
    def delete(self, request: Request, user: User, slug: str) -> None:
        unfollow(user=user, challenge=get_object_or_404(Challenge.objects.shown(), slug=slug))
