"""What co-creation has somebody do next, on « ma participation » (common.mine)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.mine import Mine, Step, next_steps
from consultations.cocreation.selectors.mine import consents, invitations, reworks, to_answer
from consultations.participation.models import Proposal


@next_steps(weight=10)
def answer_invitations(mine: Mine) -> Iterator[Step]:
    for invitation in invitations(mine):
        who = invitation.invited_by.public_name or _("A participant")
        yield Step(
            "users",
            _("%(name)s invites you to write together") % {"name": who},
            invitation.proposal.title,
            _("Answer"),
            reverse("invitation", args=[invitation.pk]),
        )


@next_steps(weight=20, queries=3)  # with the calendars, which it is the first to need
def agree_to_merge(mine: Mine) -> Iterator[Step]:
    for source in consents(mine):
        titles = {"title": source.proposal.title, "collective": source.collective.title}
        yield Step(
            "users",
            _("Do you agree to a collective proposal?"),
            _("“%(title)s” would become part of “%(collective)s”.") % titles,
            _("Read and answer"),
            reverse("merge", args=[source.collective_id]),
        )


@next_steps(weight=30)
def answer_arguments(mine: Mine) -> Iterator[Step]:
    for proposal, waiting in to_answer(mine):
        words = ngettext(
            "%(count)s argument waits for your answer", "%(count)s arguments wait for your answer", waiting
        )
        yield Step("reply", words % {"count": waiting}, proposal.title, _("Open my workshop"), _workshop(proposal))


@next_steps(weight=40)
def go_on_writing(mine: Mine) -> Iterator[Step]:
    for rework in reworks(mine):
        yield Step(
            "pen",
            _("Your next version is not published yet"),
            rework.proposal.title,
            _("Go on writing"),
            f"{_workshop(rework.proposal)}?texte#texte",
        )


def _workshop(proposal: Proposal) -> str:
    return reverse("workshop", args=[proposal.pk, proposal.slug])
