"""Expected refusals, with the sentence to show. When one is raised nothing has been changed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Refused(Exception):
    """An expected refusal: `message` says it to the person."""

    message: Promise | str = ""


class PhaseClosed(Refused):
    message = _("This phase is over: you can read, but no longer write here. Your text is kept in the page.")


class OwnProposal(Refused):
    message = _("This is your own proposal: what others think of it is what helps you.")


class NotYours(Refused):
    message = _("This belongs to someone else.")


class Merged(Refused):
    message = _("This proposal is now part of a collective one: people react and argue there.")


class NotAnAuthor(Refused):
    message = _("Only the authors of this proposal can do that.")


class ChangedMeanwhile(Refused):
    """Somebody else, or another device, was first: what is there is shown beside what was typed."""

    message = _("This has changed since you opened the page. Nothing of yours is lost: compare, then save again.")


class TextRenewed(ChangedMeanwhile):
    message = _(
        "A new version was published since you opened this page. Read what changes in it, then say what you think."
    )


class TooLate(Refused):
    message = _("The fifteen minutes in which this can be corrected are over.")


class AlreadyAnswered(Refused):
    message = _("Somebody has answered it meanwhile: what they read must stay to be read. Improve it as a new version.")


class Incomplete(Refused):
    message = _("Your proposal is not complete yet. It is kept: finish it, then publish it.")


class TooManyDrafts(Refused):
    """With how many may be open."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.message = ngettext(
            "You have %(most)s draft already. Publish it or throw it away, then send this text again: it is kept in "
            "the page.",
            "You have %(most)s drafts already. Publish or throw away one of them, then send this text again: it is "
            "kept in the page.",
            most,
        ) % {"most": most}


class TooManyVersions(Refused):
    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.message = ngettext(
            "%(most)s new version of this proposal was published within a day: those who follow it cannot keep up. "
            "Your text is kept: publish it tomorrow.",
            "%(most)s new versions of this proposal were published within a day: those who follow it cannot keep up. "
            "Your text is kept: publish it tomorrow.",
            most,
        ) % {"most": most}


class PictureUndescribed(Refused):
    message = _("Describe the picture in a sentence, for those who cannot see it.")


class ArgumentHidden(Refused):
    message = _("This argument was hidden by moderation meanwhile: it no longer needs an answer.")


class Settled(Refused):
    message = _("A published version has taken this argument up: only your reason can still be changed.")


class NothingChanged(Refused):
    message = _("Nothing has changed: this is the text that is published already.")


class Answered(Refused):
    message = _("Somebody has already answered this argument: it no longer changes. You can reply under it.")


class OwnArgument(Refused):
    message = _("This is your own argument: whether it is useful is for others to say.")


class SaidAlready(Refused):
    message = _("You have already said this here.")


class SaidElsewhere(Refused):
    message = _("You have already written this in three places. Say what is particular to this one.")


class AlreadyAuthor(Refused):
    message = _("This person already works on the proposal.")


class NotInDiscussion(Refused):
    message = _("Choose somebody who gave an argument here, or write an e-mail address.")


class Declined(Refused):
    message = _("This invitation was declined. You can ask again in a month.")


class TooManyInvitations(Refused):
    message = _("That is many invitations. Wait for the answers, or take one back; then try again tomorrow.")


class InvitationOver(Refused):
    message = _("This invitation is over. Ask whoever invited you for another one.")


class LastAuthor(Refused):
    message = _("You are the only author. Invite somebody first: the proposal needs someone who answers for it.")


class NotAlone(Refused):
    message = _("Somebody works on this proposal.")
