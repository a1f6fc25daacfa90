"""What moderation refuses, with the sentence to show (common.refusals)."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal

if TYPE_CHECKING:
    from consultations.moderation.models import Decision


class NothingToReport(Refusal):
    code = "nothing_to_report"
    status = 404
    message = _("This is no longer there: its author has left with it, or it was never published.")


class HiddenAlready(Refusal):
    code = "hidden_already"
    message = _("Moderation has already hidden this. Thank you all the same.")


class OwnReport(Refusal):
    code = "own_report"
    message = _("This is yours: you can change it or take it away yourself.")


class ReportedAlready(Refusal):
    code = "reported_already"
    message = _("You have already reported this, and it has not been decided yet.")


class ReportedNearby(Refusal):
    """Without an account, whoever shares a network is one: a number of reports says how many saw it."""

    code = "reported_nearby"
    message = _("Somebody on the network that you use has already reported this today. To report it too, sign in.")


class ReporterUnknown(Refusal):
    code = "reporter_unknown"
    status = 422
    message = _("The law asks for your name and your e-mail address, unless it is an offence against children.")


class NotInGoodFaith(Refusal):
    code = "not_in_good_faith"
    status = 422
    message = _("Confirm that you report in good faith, and that what you write is accurate and complete.")


class NotAModerator(Refusal):
    code = "not_a_moderator"
    status = 403
    message = _("You do not, or no longer, moderate this consultation. Your text is kept in the page.")


class WordsChanged(Refusal):
    code = "text_changed_meanwhile"
    message = _("Its author has changed the text since you opened it. Read it again, then decide.")


class OwnText(Refusal):
    code = "own_text"
    status = 403
    message = _("This is your own text: somebody else decides about it.")


class OwnDecision(Refusal):
    code = "own_decision"
    status = 403
    message = _("You took this decision: somebody else reads it again.")


class DecidedMeanwhile(Refusal):
    """Somebody else was first: `decision` is theirs."""

    code = "decided_meanwhile"
    message = _("Somebody has decided meanwhile. What you had written is kept below.")

    def __init__(self, decision: "Decision") -> None:
        super().__init__()
        self.decision = decision


class GroundMissing(Refusal):
    code = "ground_missing"
    status = 422
    message = _("Choose a ground that goes with this decision.")


class PassageNotFound(Refusal):
    code = "passage_not_found"
    status = 422
    message = _("These words are not in the text: copy them exactly as they stand there.")


class PassageMissing(Refusal):
    code = "passage_missing"
    status = 422
    message = _("Say which words to hide.")


class UntilMissing(Refusal):
    code = "until_missing"
    status = 422
    message = _("Say until when the account is suspended: a year at most.")


class OfTheTeam(Refusal):
    code = "of_the_team"
    message = _("This person is of the city’s team: an administrator takes their role away first.")


class NoSuchPlace(Refusal):
    code = "no_such_place"
    status = 422
    message = _("There is no proposal, argument or reply of this platform at that address. Copy it from its page.")


class SubjectGone(Refusal):
    code = "subject_gone"
    message = _("This text is no longer there: its author has left with it. There is nothing more to decide.")


class UndoOver(Refusal):
    code = "undo_over"
    message = _("The ten seconds are over: people have been told. Decide anew if it has to change.")


class NotYourDecision(Refusal):
    code = "not_your_decision"
    status = 403
    message = _("Only whoever took a decision cancels it.")


class NothingToAppeal(Refusal):
    code = "nothing_to_appeal"
    status = 404
    message = _("Only whoever wrote the text can contest a decision that hides it.")


class AppealOver(Refusal):
    code = "appeal_over"
    message = _("This decision could be contested for six months. They are over; the courts remain open to you.")


class AppealedAlready(Refusal):
    code = "appealed_already"
    message = _("You have already contested this decision.")


class WordsUnusable(Refusal):
    """Some would make the filter point at everything, or at nothing."""

    code = "words_unusable"
    status = 422

    def __init__(self, faults: list[str]) -> None:
        super().__init__(_("Not words that can be looked for: %(words)s.") % {"words": ", ".join(faults[:5])})


class TooManyWords(Refusal):
    code = "too_many_words"
    status = 422
    message = _("500 words at most: the filter reads those of all authorities beside yours.")
