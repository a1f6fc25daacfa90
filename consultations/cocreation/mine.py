"""What co-creation has somebody do next, on « ma participation » (common.mine)."""

from collections.abc import Iterator

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.mine import Mine, Step, next_steps
from common.templatetags.languages import as_written
from consultations.cocreation.actions import MERGE, REWORK
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import CoAuthorInvitation, MergeSource, ReworkDraft
from consultations.cocreation.selectors.coauthors import INVITATION_HOLDS, to_mailbox
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, worked_on_by
from consultations.participation.selectors.mine import MAX, TEXTS_OF_PROPOSAL, writable


@next_steps(weight=10)
def answer_invitations(mine: Mine) -> Iterator[Step]:
    """Sent to them, or to their address before they had an account."""
    theirs = Q(user=mine.user) | to_mailbox(mine.user.email)
    found = CoAuthorInvitation.objects.filter(theirs, answered_at=None, proposal__status=Status.PUBLISHED)
    found = found.filter(created_at__gt=mine.at - INVITATION_HOLDS)
    found = found.select_related("proposal", "invited_by").defer(*TEXTS_OF_PROPOSAL)
    for invitation in found.order_by("-created_at", "pk")[:MAX]:
        who = invitation.invited_by.public_name or _("A participant")
        yield Step(
            "users",
            _("%(name)s invites you to write together") % {"name": who},
            as_written(invitation.proposal.title),
            _("Answer"),
            reverse("invitation", args=[invitation.pk]),
        )


@next_steps(weight=20, queries=3)  # with the calendars, which it is the first to need
def agree_to_merge(mine: Mine) -> Iterator[Step]:
    """For proposals of theirs for which none of its authors has answered."""
    found = MergeSource.objects.filter(
        proposal__in=writable(mine, MERGE).filter(worked_on_by(mine.user)).values("pk"),
        consent=Consent.ASKED,
        collective__state=MergeState.ASKING,
    ).exclude(collective__started_by=mine.user)
    found = found.select_related("collective", "proposal").defer(*TEXTS_OF_PROPOSAL)
    for source in found.order_by("-collective__started_at", "-pk")[:MAX]:
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
    """On proposals that they work on, arguments of others that have no verdict yet: most first."""
    unanswered = Argument.objects.filter(proposal=OuterRef("pk"), status=Status.PUBLISHED, verdict="")
    counted = unanswered.exclude(author=mine.user).order_by().values("proposal").annotate(n=Count("pk")).values("n")
    waiting = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    found = writable(mine, REWORK).filter(worked_on_by(mine.user)).annotate(waiting=waiting).filter(waiting__gt=0)
    for proposal in found.order_by("-waiting", "-pk")[:MAX]:
        words = ngettext(
            "%(count)s argument waits for your answer", "%(count)s arguments wait for your answer", proposal.waiting
        ) % {"count": proposal.waiting}
        yield Step("reply", words, as_written(proposal.title), _("Open my workshop"), _workshop(proposal))


@next_steps(weight=40)
def go_on_writing(mine: Mine) -> Iterator[Step]:
    """Next versions that they have begun, of proposals that they still work on."""
    proposals = writable(mine, REWORK).filter(worked_on_by(mine.user))
    found = ReworkDraft.objects.filter(user=mine.user, proposal__in=proposals.values("pk"))
    found = found.select_related("proposal").defer(*TEXTS_OF_PROPOSAL)
    for rework in found.order_by("-updated_at", "-pk")[:MAX]:
        yield Step(
            "pen",
            _("Your next version is not published yet"),
            as_written(rework.proposal.title),
            _("Go on writing"),
            f"{_workshop(rework.proposal)}?texte#texte",
        )


def _workshop(proposal: Proposal) -> str:
    return reverse("workshop", args=[proposal.pk, proposal.slug])
