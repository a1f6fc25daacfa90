"""What other sites are told of participation (webhooks.registry): numbers, and pages that everybody reads.

The address of a page is the short one: the other holds words of the title.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.participation.enums import Status
from consultations.participation.events import argument_given, proposal_submitted, reply_given, text_edited
from consultations.participation.models import Argument, Proposal, Reply
from webhooks.registry import Fact, kind, tells

PROPOSAL_PUBLISHED = kind("proposal.published", _("A proposal is published"), order=10)
ARGUMENT_PUBLISHED = kind("argument.published", _("An argument is published"), order=20)
REPLY_PUBLISHED = kind("reply.published", _("A reply to an argument is published"), order=30)
CORRECTED = kind("contribution.corrected", _("A proposal, an argument or a reply is corrected"), order=40)


def about_proposal(proposal: Proposal, **more: Any) -> Fact:
    challenge = proposal.challenge
    data = {"proposal_id": proposal.pk, "challenge": challenge.slug, "consultation": challenge.consultation.slug}
    return Fact(proposal.short_address, {**data, **more})


def published_proposal(pk: int) -> Proposal:
    """Raises DoesNotExist where everybody does not read it."""
    return Proposal.objects.published().select_related("challenge__consultation").get(pk=pk)


def about_text(kind: str, pk: int) -> Fact:
    """Of a text that everybody reads, itself and what it stands under; else raises DoesNotExist."""
    if kind == "proposal":
        return about_proposal(published_proposal(pk))
    if kind == "argument":
        argument = Argument.objects.only("proposal_id").get(pk=pk, status=Status.PUBLISHED)
        return about_proposal(published_proposal(argument.proposal_id), argument_id=pk)
    reply = Reply.objects.select_related("argument").get(
        pk=pk, status=Status.PUBLISHED, argument__status=Status.PUBLISHED
    )
    proposal = published_proposal(reply.argument.proposal_id)
    return about_proposal(proposal, argument_id=reply.argument_id, reply_id=pk)


@tells(PROPOSAL_PUBLISHED, proposal_submitted)
def _proposal(proposal_id: int, **kwargs: Any) -> Fact:
    return about_text("proposal", proposal_id)


@tells(ARGUMENT_PUBLISHED, argument_given)
def _argument(argument_id: int, **kwargs: Any) -> Fact:
    return about_text("argument", argument_id)


@tells(REPLY_PUBLISHED, reply_given)
def _reply(reply_id: int, **kwargs: Any) -> Fact:
    return about_text("reply", reply_id)


@tells(CORRECTED, text_edited)
def _corrected(
    proposal_id: int | None = None, argument_id: int | None = None, reply_id: int | None = None, **kwargs: Any
) -> Fact | None:
    texts = {"proposal": proposal_id, "argument": argument_id, "reply": reply_id}
    return next((about_text(kind, pk) for kind, pk in texts.items() if pk is not None), None)
