"""What the workshop, writing together and bringing proposals together refuse, with the sentence to show."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.refusals import Refusal
from consultations.participation.models import Proposal
from consultations.participation.services.refusals import ChangedMeanwhile

# ── The workshop ─────────────────────────────────────────────────────────────


class TooManyVersions(Refusal):
    code = "too_many_versions"

    def __init__(self, maximum: int) -> None:
        super().__init__(
            ngettext(
                "%(most)s new version of this proposal was published within a day: those who follow it cannot keep "
                "up. Your text is kept: publish it tomorrow.",
                "%(most)s new versions of this proposal were published within a day: those who follow it cannot keep "
                "up. Your text is kept: publish it tomorrow.",
                maximum,
            )
            % {"most": maximum}
        )


class ArgumentHidden(Refusal):
    code = "argument_hidden"
    message = _("This argument was hidden by moderation meanwhile: it no longer needs an answer.")


class Settled(Refusal):
    code = "settled"
    message = _("A published version has taken this argument up: only your reason can still be changed.")


class NothingChanged(Refusal):
    code = "nothing_changed"
    message = _("Nothing has changed: this is the text that is published already.")


# ── Writing together ─────────────────────────────────────────────────────────


class AlreadyAuthor(Refusal):
    code = "already_author"
    message = _("This person already works on the proposal.")


class NotInDiscussion(Refusal):
    code = "not_in_discussion"
    status = 422
    message = _("Choose somebody who gave an argument here, or write an e-mail address.")


class Declined(Refusal):
    code = "declined"
    message = _("This invitation was declined. You can ask again in a month.")


class TooManyInvitations(Refusal):
    code = "too_many_invitations"
    message = _("That is many invitations. Wait for the answers, or take one back; then try again tomorrow.")


class InvitationOver(Refusal):
    code = "invitation_over"
    message = _("This invitation is over. Ask whoever invited you for another one.")


class LastAuthor(Refusal):
    code = "last_author"
    message = _("You are the only author. Invite somebody first: the proposal needs someone who answers for it.")


class NotAlone(Refusal):
    code = "not_alone"
    message = _("Somebody works on this proposal.")


# ── Bringing proposals together ──────────────────────────────────────────────


class CannotJoin(Refusal):
    """Some of the proposals cannot be brought together now: `proposals` says which."""

    code = "cannot_join"
    message = _(
        "One of these proposals cannot be brought together now: it is hidden, already part of a collective proposal, "
        "or its authors are being asked for another one."
    )

    def __init__(self, proposals: Sequence[Proposal] = ()) -> None:
        super().__init__()
        self.proposals = proposals


class TooFewSources(Refusal):
    code = "too_few_sources"
    status = 422
    message = _("Two proposals at least, eight at most, of the same consultation.")


class TextChanged(ChangedMeanwhile):
    code = "text_changed"
    message = _("The text has changed since you opened the page. Read it again, then answer.")


class SourcesChanged(ChangedMeanwhile):
    code = "sources_changed"
    message = _("The answers have changed since you opened the page. Look again at who takes part, then press again.")


class MergeOver(Refusal):
    code = "merge_over"
    message = _("This has been settled meanwhile: the proposals are together, or it was given up.")


class UndoTooLate(Refusal):
    code = "undo_too_late"
    message = _("A collective proposal can be undone during the phase in which it was formed. That phase is over.")


class VersionWaits(Refusal):
    code = "version_waits"
    message = _("A version is waiting to be read before it is published. Take it back to change it, or wait for it.")


class PublishedByTheTeam(Refusal):
    code = "published_by_the_team"
    message = _("Here texts are read before they are published: somebody of our team publishes this one.")
