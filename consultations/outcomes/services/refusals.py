"""What is refused to those who prepare, sign and give opinions, with the sentence to show."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal
from common.templatetags.ui import full_day


class NotAnswerable(Refusal):
    code = "not_answerable"
    message = _("This proposal is no longer to be answered: it was hidden, withdrawn, or is part of a collective one.")


class TextAnswered(Refusal):
    """Of correcting a proposal in place."""

    code = "text_answered"
    message = _("The authority answers this text: what it read must stay to be read. Improve it as a new version.")


class AnsweredAlone(Refusal):
    """Of bringing proposals together, and of taking them apart."""

    code = "answered_alone"
    message = _(
        "A proposal that the authority has answered is no longer brought together with others, nor taken apart: its "
        "answer would be lost from sight."
    )


class NoLongerTheirs(Refusal):
    """The role that lets one do it was taken away, or it is somebody else's to do."""

    code = "answers_not_theirs"
    status = 403
    message = _("This is not, or no longer, yours to do: your role changed, or somebody else is asked.")


class NotAble(Refusal):
    code = "person_not_able"
    status = 422
    message = _("This person cannot do that: choose somebody else.")


class DayPassed(Refusal):
    code = "day_passed"
    status = 422
    message = _("Choose a day to come.")


class NotAfterPromise(Refusal):
    code = "not_after_promise"
    status = 422

    def __init__(self, promised: date) -> None:
        super().__init__(_("Choose a day after %(day)s, the day that was promised.") % {"day": full_day(promised)})


class TooFar(Refusal):
    code = "day_too_far"
    status = 422
    message = _("Choose a day within five years.")


class AnswerIncomplete(Refusal):
    """Not yet ready to be signed: `fields` says by field what is missing."""

    code = "answer_incomplete"
    status = 422
    message = _("This answer is not complete.")

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(" ".join(str(words) for words in fields.values()))
        self.fields = fields


class NotToSign(Refusal):
    code = "not_to_sign"
    message = _("It no longer waits for a signature: it was sent back, or somebody is writing it again.")


class SignedAlready(Refusal):
    code = "signed_already"
    message = _("It is signed and published already.")


class ReadAgain(Refusal):
    code = "read_again"
    message = _("Its words changed since you read them. Read it again before you sign.")


class ProposalChanged(Refusal):
    """It goes back to be written, with that said."""

    code = "proposal_changed"
    message = _("The proposal has changed since: a new version was published. The answer goes back to be written.")


class NewVersion(Refusal):
    code = "new_version"
    message = _(
        "A new version of the proposal was published while you were writing. It is beside your text now: read it, then"
        " send your text once more."
    )


class SignatureMissing(Refusal):
    code = "signature_missing"
    status = 422
    message = _("Your name and your function stand under what you sign: say both in your account first.")


class OpinionSettled(Refusal):
    code = "opinion_settled"
    message = _("This opinion is no longer awaited: the team took its request back, or has answered.")


class ServiceUnnamed(Refusal):
    code = "service_unnamed"
    status = 422
    message = _("Say which service it is: the team knows it by its address alone.")


class AskedAlready(Refusal):
    code = "opinion_asked_already"
    message = _("This person is asked already about each of these proposals.")


class NothingPrepared(Refusal):
    """Of asking for an opinion."""

    code = "nothing_prepared"
    message = _(
        "No answer is being prepared here: it is published, or waits for a signature. Begin a correction, or take it "
        "back, by keeping a draft of it; then ask."
    )


class RemindedToday(Refusal):
    code = "reminded_today"
    message = _("They were asked or reminded less than a day ago. Leave them some time.")


class NotLate(Refusal):
    code = "answer_not_late"
    message = _("This one is answered, or nothing was promised for it: there is no delay to explain.")


class NothingToCorrect(Refusal):
    code = "nothing_to_correct"
    message = _("What is published stands as it is: there is no correction to give up.")
