"""What people are notified of: arguments and their verdicts, versions, writing together, collective proposals.

Who hears of a fact is decided here and nowhere else; the actor never does.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.selectors import person_of
from common.templatetags.ui import figure
from common.text import shortened
from consultations.cocreation import events
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import CoAuthorInvitation, MergeRequest, MergeSource
from consultations.participation.enums import Status, Verdict
from consultations.participation.events import argument_given
from consultations.participation.models import Argument, Proposal, ProposalVersion, worked_on_by
from consultations.participation.notices import (
    ARGUMENT,
    PROPOSAL,
    each_with_proposal,
    gone,
    page,
    page_of_argument,
    said,
)
from consultations.participation.selectors.audience import those_interested_in, those_who_follow, those_who_work_on
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words

QUOTED = 200  # letters


def _invitations(user: User) -> QuerySet[CoAuthorInvitation]:
    return CoAuthorInvitation.objects.only("answered_at", "accepted")


def _collectives(user: User) -> QuerySet[MergeRequest]:
    own = Proposal.objects.filter(worked_on_by(user), pk=OuterRef("proposal"))
    sources = MergeSource.objects.only("collective_id", "proposal_id", "consent").annotate(works_there=Exists(own))
    return (
        MergeRequest.objects.select_related("proposal")
        .only("title", "state", "proposal__title", "proposal__status")
        .prefetch_related(Prefetch("sources", sources))
    )


INVITATION = subject("invitation", CoAuthorInvitation, read=_invitations)
COLLECTIVE = subject("collective", MergeRequest, read=_collectives, gone=lambda collective: gone(collective.proposal))


# ── Arguments: to those who work on a proposal, not to those who follow it, whom a lively one would flood ──────


def _argument_given(argument_id: int, **kwargs: Any) -> Notification:
    argument = Argument.objects.get(pk=argument_id, status=Status.PUBLISHED)
    return Notification(
        fact=ARGUMENT.reference(argument.pk),
        group=str(argument.proposal_id),
        recipients=each_with_proposal(those_who_work_on([argument.proposal_id])),
        actor_id=argument.author_id,
    )


@notice_type(
    "NEW_ARGUMENT",
    gettext_lazy("Arguments on a proposal that you work on"),
    weight=20,
    event=argument_given,
    notification=_argument_given,
    subjects=(PROPOSAL,),
)
def _new_argument(about: About) -> Words:
    proposal = about["proposal"]
    if about.count == 1:
        sentence = _("%(who)s gave an argument on “%(title)s”.") % said(about)
    else:
        sentence = ngettext(
            "%(count)s new argument on “%(title)s”.", "%(count)s new arguments on “%(title)s”.", about.count
        ) % said(about)
    # Nobody answers any more where the proposal has become part of another.
    action = _("Read the arguments") if proposal.merged_into_id else _("Read and say what you make of it")
    return Words(sentence, action, reverse("workshop", args=[proposal.pk, proposal.slug]))


def _verdict_given(argument_id: int, **kwargs: Any) -> Notification | None:
    """The author of the argument. A verdict taken back is not news: the notice that waits says so when it is read."""
    argument = Argument.objects.get(pk=argument_id, status=Status.PUBLISHED)
    if argument.author_id is None or not argument.verdict:
        return None
    return Notification(
        fact=f"verdict:{argument.pk}.{argument.verdict_revision}",
        group=str(argument.pk),
        recipients=each_with_proposal({argument.author_id: argument.proposal_id}, argument=argument.pk),
        actor_id=argument.verdict_by_id,
    )


@notice_type(
    "ARGUMENT_ANSWERED",
    gettext_lazy("What an author made of your argument"),
    weight=10,
    event=events.argument_answered,
    notification=_verdict_given,
    subjects=(PROPOSAL, ARGUMENT),
)
def _argument_answered(about: About) -> Words:
    argument = about["argument"]
    by_verdict: dict[str, str] = {
        Verdict.TAKEN: _("%(who)s takes up your argument on “%(title)s”."),
        Verdict.PARTLY: _("%(who)s takes up a part of your argument on “%(title)s”."),
        Verdict.NOT_TAKEN: _("%(who)s does not take up your argument on “%(title)s”, and says why."),
    }
    thinking = _("%(who)s is thinking again about your argument on “%(title)s”.")
    sentence = by_verdict.get(argument.verdict, thinking) if argument else thinking
    is_over = sentence == thinking
    # In the author's words, as far as a glance goes; of what moderation has hidden since, nothing.
    is_shown = not is_over and argument.status == Status.PUBLISHED
    reason = shortened(argument.shown_reason, QUOTED) if is_shown else ""
    return Words(sentence % said(about), _("Read the answer"), page_of_argument(about), reason, is_over=is_over)


# ── A new version: to whoever reacted, argued, follows, or works on it ───────


def _version_published(proposal_id: int, version: int, **kwargs: Any) -> Notification:
    made, this = ProposalVersion.objects.get(proposal_id=proposal_id, number=version), [proposal_id]
    return Notification(
        fact=f"version:{proposal_id}.{version}",
        group=str(proposal_id),
        recipients=each_with_proposal(those_interested_in(this) | those_who_work_on(this)),
        actor_id=made.made_by_id,
    )


@notice_type(
    "NEW_VERSION",
    gettext_lazy("A new version of a proposal that you reacted to or follow"),
    weight=45,
    event=events.version_published,
    notification=_version_published,
    subjects=(PROPOSAL,),
)
def _new_version(about: About) -> Words:
    proposal = about["proposal"]
    words = said(about, version=figure(proposal.version))
    if proposal.has_helped:
        sentence = _("“%(title)s” has a new version, and it takes up an argument of yours.") % words
    else:
        sentence = ngettext(
            "“%(title)s” has a new version: number %(version)s.",
            "“%(title)s” has %(count)s new versions: the present one is number %(version)s.",
            about.count,
        ) % words  # fmt: skip
    if proposal.reacted_to and proposal.reacted_to < proposal.version and not proposal.merged_into_id:
        sentence += " " + _("Your reaction is about an earlier text.")
        return Words(sentence, _("See what changes and confirm"), f"{page(proposal)}#reaction")
    versions = reverse("proposal_versions", args=[proposal.pk, proposal.slug])
    return Words(sentence, _("See what changes"), versions)


# ── Writing together ─────────────────────────────────────────────────────────


def _guest(invitation: CoAuthorInvitation) -> int | None:
    guest = person_of(invitation.email) if invitation.user_id is None else None
    return guest.pk if guest else invitation.user_id


def _invited(key: str, **kwargs: Any) -> Notification | None:
    """The one who is invited, if they have an account here: others get the invitation itself by e-mail."""
    invitation = CoAuthorInvitation.objects.get(pk=key, answered_at__isnull=True)
    guest = _guest(invitation)
    if guest is None:
        return None
    return Notification(
        fact=INVITATION.reference(invitation.pk),
        group=str(invitation.pk),
        recipients=each_with_proposal({guest: invitation.proposal_id}, invitation=str(invitation.pk)),
        actor_id=invitation.invited_by_id,
    )


@notice_type(
    "COAUTHOR_INVITED",
    gettext_lazy("An invitation to write with somebody"),
    weight=0,
    event=events.coauthor_invited,
    notification=_invited,
    subjects=(PROPOSAL, INVITATION),
)
def _coauthor_invited(about: About) -> Words:
    invitation, proposal = about["invitation"], about["proposal"]
    if invitation is None or (invitation.answered_at and invitation.accepted is None):
        sentence = _("%(who)s had invited you to work on “%(title)s”, and took the invitation back.")
        return Words(sentence % said(about), _("Read this proposal"), page(proposal), is_over=True)
    sentence = _("%(who)s invites you to work on “%(title)s”.") % said(about)
    if invitation.answered_at or proposal.merged_into_id:
        return Words(sentence, _("Read this proposal"), page(proposal), is_over=True)
    return Words(sentence, _("Read and answer"), reverse("invitation", args=[invitation.pk]))


def _answered(key: str, **kwargs: Any) -> Notification:
    """The one who invited; nobody where they took the invitation back themselves."""
    invitation = CoAuthorInvitation.objects.get(pk=key, accepted__isnull=False)
    return Notification(
        fact=f"answer:{invitation.pk}",
        group=str(invitation.pk),
        recipients=each_with_proposal(
            {invitation.invited_by_id: invitation.proposal_id}, invitation=str(invitation.pk)
        ),
        actor_id=_guest(invitation),
    )


@notice_type(
    "COAUTHOR_ANSWERED",
    gettext_lazy("The answer to an invitation of yours"),
    weight=25,
    event=events.coauthor_answered,
    notification=_answered,
    subjects=(PROPOSAL, INVITATION),
)
def _coauthor_answered(about: About) -> Words:
    if about["invitation"] and about["invitation"].accepted:
        sentence = _("%(who)s now works on “%(title)s” with you.")
    else:
        sentence = _("%(who)s will not work on “%(title)s” with you.")
    return Words(sentence % said(about), _("Go to its page"), page(about["proposal"]))


def _taken(proposal_id: int, user_id: int, **kwargs: Any) -> Notification:
    """Its author, if there is one still, those who work on it, and those who follow it."""
    this = [proposal_id]
    return Notification(
        fact=f"stewardship:{proposal_id}.{user_id}",
        group=str(proposal_id),
        recipients=each_with_proposal(those_who_work_on(this) | those_who_follow(this)),
        actor_id=user_id,
    )


@notice_type(
    "STEWARDSHIP",
    gettext_lazy("A facilitator takes care of a proposal"),
    weight=50,
    event=events.stewardship_taken,
    notification=_taken,
    subjects=(PROPOSAL,),
)
def _stewardship(about: About) -> Words:
    sentence = _("%(who)s, of the team of this consultation, now takes care of “%(title)s”.")
    return Words(sentence % said(about), _("Read this proposal"), page(about["proposal"]))


# ── Bringing proposals together, from the question to its undoing ────────────


def _people_of_sources(collective: MergeRequest) -> dict[int, int]:
    """Who is tied to one of them → that one; the one that they wrote before one that they only read."""
    sources = list(collective.sources.values_list("proposal_id", flat=True))
    return those_interested_in(sources) | those_who_work_on(sources)


def _of(collective: MergeRequest, fact: str, people: dict[int, int], actor_id: int | None) -> Notification:
    recipients = each_with_proposal(people, collective=collective.pk)
    return Notification(fact=fact, group=str(collective.pk), recipients=recipients, actor_id=actor_id)


def _said(about: About) -> dict[str, Any]:
    return said(about, collective=about["collective"].title)


def _source(about: About) -> Any:
    """The proposal's part in it, as `_collectives` reads it."""
    sources = about["collective"].sources.all()
    return next((source for source in sources if source.proposal_id == about["proposal"].pk), None)


def _asked(collective_id: int, source_ids: list[int], **kwargs: Any) -> Notification:
    """Those who work on the proposals whose consent is asked, each once for a text."""
    collective = MergeRequest.objects.get(pk=collective_id)
    sources = collective.sources.filter(pk__in=source_ids)
    people = those_who_work_on(sources.values_list("proposal_id", flat=True))
    return _of(collective, f"asked:{collective.pk}.{collective.revision}", people, collective.started_by_id)


@notice_type(
    "MERGE_ASKED",
    gettext_lazy("Your consent to a collective proposal"),
    weight=5,
    event=events.merge_asked,
    notification=_asked,
    subjects=(PROPOSAL, COLLECTIVE),
)
def _merge_asked(about: About) -> Words:
    collective, source = about["collective"], _source(about)
    if collective.state != MergeState.ASKING:
        sentence = _("%(who)s had proposed to bring “%(title)s” together with others. This is settled.")
        return Words(sentence % _said(about), _("Read this proposal"), page(about["proposal"]), is_over=True)
    sentence = _("%(who)s proposes to bring “%(title)s” together with others. Your consent is asked.") % _said(about)
    # Answered meanwhile, by them or by who writes with them.
    is_over = source is not None and source.consent != Consent.ASKED
    return Words(sentence, _("Read and answer"), reverse("merge", args=[collective.pk]), is_over=is_over)


def _consent_given(source_id: int, **kwargs: Any) -> Notification | None:
    """The one who began."""
    source = MergeSource.objects.select_related("collective").get(pk=source_id)
    if source.collective.started_by_id is None:
        return None
    began = {source.collective.started_by_id: source.proposal_id}
    return Notification(
        fact=f"consent:{source.pk}.{source.revision}.{source.consent}",
        group=str(source.pk),
        recipients=each_with_proposal(began, collective=source.collective_id),
        actor_id=source.answered_by_id,
    )


@notice_type(
    "MERGE_ANSWERED",
    gettext_lazy("An answer about a collective proposal"),
    weight=30,
    event=events.merge_answered,
    notification=_consent_given,
    subjects=(PROPOSAL, COLLECTIVE),
)
def _merge_answered(about: About) -> Words:
    source = _source(about)
    by_consent: dict[str, str] = {
        Consent.AGREED: _("%(who)s agrees that “%(title)s” becomes a part of “%(collective)s”."),
        Consent.DECLINED: _("%(who)s declines that “%(title)s” becomes a part of “%(collective)s”."),
    }
    anew = _("%(who)s is asked anew about “%(title)s”, for “%(collective)s”.")
    sentence = by_consent.get(source.consent, anew) if source else anew
    target = reverse("merge", args=[about["collective"].pk])
    return Words(sentence % _said(about), _("See where it stands"), target)


def _formed(collective_id: int, **kwargs: Any) -> Notification:
    """Whoever reacted to one of its sources, argued, follows it or wrote it."""
    collective = MergeRequest.objects.get(pk=collective_id)
    return _of(collective, f"formed:{collective.pk}", _people_of_sources(collective), collective.started_by_id)


@notice_type(
    "MERGED",
    gettext_lazy("A proposal that you supported is now part of a collective one"),
    weight=35,
    event=events.collective_formed,
    notification=_formed,
    subjects=(PROPOSAL, COLLECTIVE),
)
def _merged(about: About) -> Words:
    collective, proposal, source = about["collective"], about["proposal"], _source(about)
    target = page(collective.proposal or proposal)
    if collective.state != MergeState.FORMED:
        sentence = _("“%(title)s” had become a part of “%(collective)s”. That was undone since.")
        return Words(sentence % _said(about), _("Read this proposal"), page(proposal), is_over=True)
    if source is not None and source.works_there:
        sentence = _("“%(title)s”, which you work on, is now a part of “%(collective)s”.")
        return Words(sentence % _said(about), _("Read the collective proposal"), target)
    sentence = _(
        "“%(title)s” is now a part of “%(collective)s”. Your support was not carried over: "
        "read the new text, and say whether you support it."
    )
    return Words(sentence % _said(about), _("Read it and react"), f"{target}#reaction")


def _undone(collective_id: int, **kwargs: Any) -> Notification:
    """The same, and whoever had taken to the collective proposal itself."""
    collective = MergeRequest.objects.get(pk=collective_id)
    itself = [collective.proposal_id] if collective.proposal_id else []
    people = those_interested_in(itself) | _people_of_sources(collective)
    return _of(collective, f"undone:{collective.pk}", people, collective.ended_by_id)


@notice_type(
    "MERGE_UNDONE",
    gettext_lazy("A collective proposal was undone"),
    weight=40,
    event=events.collective_undone,
    notification=_undone,
    subjects=(PROPOSAL, COLLECTIVE),
)
def _merge_undone(about: About) -> Words:
    proposal = about["proposal"]
    if about["collective"].proposal_id == proposal.pk:
        sentence = _("The collective proposal “%(collective)s” was undone. The proposals it came from are open again.")
        return Words(sentence % _said(about), _("Go to its page"), page(proposal))
    sentence = _("The collective proposal “%(collective)s” was undone: “%(title)s” goes its own way again.")
    return Words(sentence % _said(about), _("Read this proposal"), page(proposal))
