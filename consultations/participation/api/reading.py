"""Contributions, for everybody."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from consultations.participation.api.serializers import (
    ArgumentFilters,
    ArgumentGiven,
    ProposalFilters,
    ProposalGiven,
    ReplyGiven,
)
from consultations.participation.models import Argument, Proposal, Reply
from consultations.participation.selectors.given import given_arguments, given_proposals, given_replies, narrowed
from rest.views import ApiView, lists, reads

PROPOSALS, ARGUMENTS = _("Proposals"), _("Arguments and replies")


class Proposals(ApiView):
    tag = PROPOSALS

    @lists(
        "list_proposals", _("Proposals, the last that came here first"), gives=ProposalGiven, filters=ProposalFilters
    )
    def get(self, request: Request, **asked: Any) -> QuerySet[Proposal]:
        return narrowed(given_proposals(), **asked)


class ReadProposal(ApiView):
    tag = PROPOSALS

    @reads("read_proposal", _("A proposal"), gives=ProposalGiven)
    def get(self, request: Request, pk: int) -> Proposal:
        return get_object_or_404(given_proposals(), pk=pk)


class ReadArguments(ApiView):
    tag = ARGUMENTS

    @lists(
        "list_arguments",
        _("The arguments of a proposal, the newest first"),
        gives=ArgumentGiven,
        filters=ArgumentFilters,
    )
    def get(self, request: Request, pk: int, stance: str = "") -> QuerySet[Argument]:
        proposal = get_object_or_404(given_proposals(), pk=pk)
        found = given_arguments().filter(proposal=proposal.pk)
        return found.filter(stance=stance) if stance else found


class ReadArgument(ApiView):
    tag = ARGUMENTS

    @reads("read_argument", _("An argument"), gives=ArgumentGiven)
    def get(self, request: Request, pk: int) -> Argument:
        return get_object_or_404(given_arguments(), pk=pk)


class ReadReplies(ApiView):
    tag = ARGUMENTS

    @lists("list_replies", _("The replies to an argument, the newest first"), gives=ReplyGiven)
    def get(self, request: Request, pk: int) -> QuerySet[Reply]:
        argument = get_object_or_404(given_arguments(), pk=pk)
        return given_replies().filter(argument=argument.pk)


class ReadReply(ApiView):
    tag = ARGUMENTS

    @reads("read_reply", _("A reply"), gives=ReplyGiven)
    def get(self, request: Request, pk: int) -> Reply:
        return get_object_or_404(given_replies(), pk=pk)
