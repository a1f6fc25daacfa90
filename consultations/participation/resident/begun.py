"""What a visitor may begin here before signing in: one typed action for each (accounts.begun)."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.begun import SESSION_KEY, Done, NotDone, PendingAction, action, carries
from accounts.models import User
from common.db import connection
from common.refusals import Refusal
from consultations.framing.models import Challenge
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import ArgumentKind, Part, ReactionValue, Stance
from consultations.participation.models import Argument, Draft, Proposal, Reply
from consultations.participation.promises import said_and_promised
from consultations.participation.resident.drafts import draft_keys
from consultations.participation.selectors.drafts import Writer, unfinished_drafts
from consultations.participation.selectors.standing import bare_proposals
from consultations.participation.services import replies
from consultations.participation.services.arguments import argue, mark_useful
from consultations.participation.services.drafts import adopt_drafts
from consultations.participation.services.following import follow, unfollow
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.reactions import react, withdraw_reaction


def published(pk: int) -> Proposal:
    """As pages and services need it: read once a press. Raises Proposal.DoesNotExist."""
    return bare_proposals().published().get(pk=pk)


def after_press(proposal: Proposal, what: str, *, at: datetime) -> str:
    """Where a page that is loaded anew says what came of a press: the composer, where there is one."""
    may_argue = calendar_of(proposal.challenge.consultation, at=at).may_argue
    place = "argumenter" if what == "argumenter" and may_argue else "reaction"
    return f"{proposal.get_absolute_url()}?{what}#{place}"


def proposal_published(proposal: Proposal) -> str:
    if proposal.is_held:
        return said_and_promised(_("Your proposal is sent. You can still correct it, or take it back."), proposal)
    said = _("Your proposal is published.")
    if not getattr(connection.tenant, "is_public", False):
        return said
    return format_html(
        '{} {} <a href="{}#partager" data-share>{}</a>',
        said,
        _("Tell people around you: every argument makes it stronger."),
        proposal.get_absolute_url(),
        _("Share my proposal"),
    )


def argument_published(argument: Argument) -> str:
    if argument.is_held:
        return said_and_promised(_("Your argument is sent. You can still correct it, or take it back."), argument)
    return _("Your argument is published. You can mend it for fifteen minutes.")


def reply_published(reply: Reply) -> str:
    if reply.is_held:
        return said_and_promised(_("Your reply is sent. You can still correct it, or take it back."), reply)
    return _("Your reply is published. You can mend it for fifteen minutes.")


def marked_useful(useful: bool) -> str:
    return _("You found this argument useful: it is counted.") if useful else _("It is no longer counted.")


@dataclass(frozen=True)
class _OfProposal(PendingAction):
    """About a proposal: its title is shown, a refusal on its page."""

    proposal: int

    def about(self) -> str:
        found = Proposal.objects.published().filter(pk=self.proposal).values_list("title", flat=True)
        return found.first() or ""

    def place(self) -> str:
        return reverse("proposal_short", args=[self.proposal]) if self.about() else "/"

    def do(self, *, user: User, at: datetime) -> Done:
        return outcome_of(self, lambda: self._do(published(self.proposal), user, at))

    def _do(self, proposal: Proposal, user: User, at: datetime) -> Done:
        raise NotImplementedError


def outcome_of(begun: PendingAction, do: Callable[[], Done]) -> Done:
    """Do it. A refusal becomes a notice or, where the words typed are nowhere else, raises NotDone."""
    try:
        with transaction.atomic():
            return do()
    except Refusal as refusal:
        why = str(refusal.message)
    except ObjectDoesNotExist:
        why = _("What this was about can no longer be read here.")
    if begun.words():
        raise NotDone(why)
    return Done(begun.place(), notice=why)


@action("react")
@dataclass(frozen=True)
class React(_OfProposal):
    value: str
    seen_version: int = 0
    promised = gettext_lazy("It will be counted as soon as you are in.")

    def __post_init__(self) -> None:
        ReactionValue(self.value)

    def label(self) -> str:
        return _("React: %(reaction)s") % {"reaction": ReactionValue(self.value).label}

    def _do(self, proposal: Proposal, user: User, at: datetime) -> Done:
        react(proposal=proposal, user=user, value=self.value, seen_version=self.seen_version, at=at)
        target = after_press(proposal, "argumenter", at=at)
        return Done(target, said=_("Your reaction is counted."), is_said_there=True)


@action("withdraw")
@dataclass(frozen=True)
class Withdraw(_OfProposal):
    doing = gettext_lazy("Take back a reaction")

    def _do(self, proposal: Proposal, user: User, at: datetime) -> Done:
        withdraw_reaction(proposal=proposal, user=user, at=at)
        target = after_press(proposal, "retire", at=at)
        return Done(target, said=_("Your reaction is taken back: it no longer counts."), is_said_there=True)


@action("argue")
@dataclass(frozen=True)
class Argue(_OfProposal):
    text: str
    stance: str
    part: str = ""
    kind: str = ""
    source_url: str = ""
    source_title: str = ""
    seen_version: int = 0
    doing = gettext_lazy("Publish an argument")
    promised = gettext_lazy("It will be published as soon as you are in.")

    def __post_init__(self) -> None:
        Stance(self.stance)
        for choices, chosen in ((Part, self.part), (ArgumentKind, self.kind)):
            if chosen:
                choices(chosen)

    def words(self) -> str:
        return self.text

    def _do(self, proposal: Proposal, user: User, at: datetime) -> Done:
        argument = argue(author=user, at=at, **{**asdict(self), "proposal": proposal})
        target = f"{proposal.get_absolute_url()}#argument-{argument.pk}"
        link = "" if argument.is_held else argument.get_absolute_url()
        return Done(target, said=argument_published(argument), link=link)


@action("useful")
@dataclass(frozen=True)
class MarkUseful(_OfProposal):
    argument: int
    useful: bool
    doing = gettext_lazy("Say whether an argument is useful")
    promised = gettext_lazy("It will be counted as soon as you are in.")

    def _do(self, proposal: Proposal, user: User, at: datetime) -> Done:
        argument = proposal.arguments.get(pk=self.argument)
        mark_useful(argument=argument, user=user, useful=self.useful, at=at)
        return Done(f"{argument.get_absolute_url()}#argument-{argument.pk}", said=marked_useful(self.useful))


@action("reply")
@dataclass(frozen=True)
class ReplyTo(_OfProposal):
    argument: int
    text: str
    doing = gettext_lazy("Publish a reply")
    promised = gettext_lazy("It will be published as soon as you are in.")

    def words(self) -> str:
        return self.text

    def _do(self, proposal: Proposal, user: User, at: datetime) -> Done:
        argument = proposal.arguments.get(pk=self.argument)
        reply = replies.reply(argument=argument, author=user, text=self.text, at=at)
        return Done(f"{argument.get_absolute_url()}#reply-{reply.pk}", said=reply_published(reply))


@action("follow")
@dataclass(frozen=True)
class FollowOne(PendingAction):
    """A proposal or a challenge; or no longer."""

    proposal: int = 0
    challenge: int = 0
    follows: bool = True

    def __post_init__(self) -> None:
        if bool(self.proposal) == bool(self.challenge):
            raise ValueError

    def label(self) -> str:
        return _("Follow") if self.follows else _("Follow no longer")

    def about(self) -> str:
        return str(self._thing() or "")

    def place(self) -> str:
        thing = self._thing()
        return f"{thing.get_absolute_url()}#suivre" if thing else "/"

    def do(self, *, user: User, at: datetime) -> Done:
        return outcome_of(self, lambda: self._do(user, at))

    def _do(self, user: User, at: datetime) -> Done:
        thing = self._thing()
        if thing is None:
            raise ObjectDoesNotExist
        what = {"challenge": thing} if isinstance(thing, Challenge) else {"proposal": thing}
        if self.follows:
            follow(user=user, at=at, **what)
        else:
            unfollow(user=user, **what)
        said = _("You follow “%(title)s”.") if self.follows else _("You no longer follow “%(title)s”.")
        return Done(self.place(), said=said % {"title": thing}, is_said_there=True)

    def _thing(self) -> Proposal | Challenge | None:
        if self.challenge:
            return Challenge.objects.filter(pk=self.challenge).first()
        return Proposal.objects.published().filter(pk=self.proposal).first()


@dataclass(frozen=True)
class _OfDraft(PendingAction):
    """The words are in a draft, which stays: nothing of it needs to be given back."""

    draft: str

    def __post_init__(self) -> None:
        UUID(self.draft)

    def about(self) -> str:
        found = self._draft()
        return str(found.challenge) if found else ""

    def is_over(self, user: User) -> bool:
        """Thrown away, emptied or published meanwhile."""
        found = self._draft()
        return found is None or found.proposal_id is not None or not self.words()

    def words(self) -> str:
        found = self._draft()
        return "\n\n".join(filter(None, found.texts.values())) if found else ""

    def place(self) -> str:
        return reverse("draft_review", args=[self.draft])

    def _place_of(self, user: User) -> str:
        return self.place() if Draft.objects.filter(pk=self.draft, author=user).exists() else "/"

    def _draft(self) -> Draft | None:
        return Draft.objects.select_related("challenge").filter(pk=self.draft).first()


@action("publish")
@dataclass(frozen=True)
class Publish(_OfDraft):
    doing = gettext_lazy("Publish a proposal")
    promised = gettext_lazy("It will be published as soon as you are in.")

    def do(self, *, user: User, at: datetime) -> Done:
        adopt_drafts(user=user, keys=[self.draft])
        try:
            with transaction.atomic():
                draft = Draft.objects.get(pk=self.draft)
                proposal = submit_proposal(draft=draft, author=user, at=at)
                return Done(proposal.get_absolute_url(), said=proposal_published(proposal))
        except Refusal as refusal:
            return Done(self._place_of(user), notice=str(refusal.message))
        except ObjectDoesNotExist:
            return Done("/", notice=_("What this was about can no longer be read here."))


@action("draft")
@dataclass(frozen=True)
class ContinueDraft(_OfDraft):
    doing = gettext_lazy("Go on with a draft")
    promised = gettext_lazy("You find it again once you are in.")

    def is_over(self, user: User) -> bool:
        """Theirs already, too: written in this very browser, or asked about on another device."""
        return super().is_over(user) or Draft.objects.filter(pk=self.draft, author=user).exists()

    def do(self, *, user: User, at: datetime) -> Done:
        adopt_drafts(user=user, keys=[self.draft])
        return Done(self._place_of(user))


@carries
def drafts_of_a_visitor(request: HttpRequest) -> Iterable[PendingAction]:
    """Those with words in them that are not to be published anyway."""
    published = {str(each.get("draft")) for each in request.session.get(SESSION_KEY, []) if isinstance(each, dict)}
    written = unfinished_drafts(writer=Writer(keys=draft_keys(request) - published))
    return [ContinueDraft(draft=str(draft.pk)) for draft in written]
