"""Expected refusals, with the sentence to show. When one is raised nothing has been changed."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.refusals import Refusal


class PhaseClosed(Refusal):
    code = "phase_closed"
    message = _("This phase is over: you can read, but no longer write here. Your text is kept in the page.")


class Archived(PhaseClosed):
    code = "archived"
    message = _(
        "This consultation is archived: everything can be read, nothing more is written here. Your text is kept in the "
        "page."
    )


class OwnProposal(Refusal):
    code = "own_proposal"
    message = _("This is your own proposal: what others think of it is what helps you.")


class NotYours(Refusal):
    code = "not_yours"
    status = 403
    message = _("This belongs to someone else.")


class Merged(Refusal):
    code = "merged"
    message = _("This proposal is now part of a collective one: people react and argue there.")


class NotAnAuthor(Refusal):
    code = "not_an_author"
    status = 403
    message = _("Only the authors of this proposal can do that.")


class ChangedMeanwhile(Refusal):
    """Somebody else, or another device, was first: what is there is shown beside what was typed."""

    code = "changed_meanwhile"
    message = _("This has changed since you opened the page. Nothing of yours is lost: compare, then save again.")


class TextRenewed(ChangedMeanwhile):
    code = "text_renewed"
    message = _(
        "A new version was published since you opened this page. Read what changes in it, then say what you think."
    )


class TooLate(Refusal):
    code = "too_late"
    message = _("The fifteen minutes in which this can be corrected are over.")


class AlreadyAnswered(Refusal):
    code = "already_answered"
    message = _("Somebody has answered it meanwhile: what they read must stay to be read. Improve it as a new version.")


class NoLongerWaits(Refusal):
    code = "no_longer_waits"
    message = _("Somebody has just decided about this text: it no longer waits.")


class Incomplete(Refusal):
    code = "incomplete"
    status = 422
    message = _("Your proposal is not complete yet. It is kept: finish it, then publish it.")


class TooManyDrafts(Refusal):
    """With how many may be open."""

    code = "too_many_drafts"

    def __init__(self, maximum: int) -> None:
        super().__init__(
            ngettext(
                "You have %(most)s draft already. Publish it or throw it away, then send this text again: it is kept "
                "in the page.",
                "You have %(most)s drafts already. Publish or throw away one of them, then send this text again: it "
                "is kept in the page.",
                maximum,
            )
            % {"most": maximum}
        )


class PictureUndescribed(Refusal):
    code = "picture_undescribed"
    status = 422
    message = _("Describe the picture in a sentence, for those who cannot see it.")


class Answered(Refusal):
    code = "answered"
    message = _("Somebody has already answered this argument: it no longer changes. You can reply under it.")


class OwnArgument(Refusal):
    code = "own_argument"
    message = _("This is your own argument: whether it is useful is for others to say.")


class SaidAlready(Refusal):
    code = "said_already"
    message = _("You have already said this here.")


class SaidElsewhere(Refusal):
    code = "said_elsewhere"
    message = _("You have already written this in three places. Say what is particular to this one.")
